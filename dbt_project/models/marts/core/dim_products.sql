-- What is sold: one row per product across tools, told apart by name.
with keys as (
    select * from {{ ref('int_product_keys') }}
),

prices as (
    select source, instance, record_key as key, is_recurring, currency from {{ ref('int_prices') }}
)

select
    keys.product_id,
    min(keys.product_name) as name,
    count(distinct keys.source) as source_count,
    string_agg(distinct keys.source, ', ' order by keys.source) as sources,
    count(distinct case when prices.key is not null then keys.source || ':' || keys.instance || ':' || keys.key end) as prices,
    string_agg(distinct prices.currency, ', ' order by prices.currency) as currencies,
    coalesce(bool_or(prices.is_recurring), true) as is_recurring
from keys
left join prices on keys.source = prices.source and keys.instance = prices.instance and keys.key = prices.key
group by keys.product_id
