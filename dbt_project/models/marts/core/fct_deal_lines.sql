-- What each deal sells, line by line.
with lines as (
    select
        source || ':' || instance || ':' || record_key as line_id,
        source || ':' || instance || ':' || deal_key as deal_id,
        *,
        coalesce(product_key, product_name) as key
    from {{ ref('int_deal_lines') }}
),

deals as (
    select deal_id, account_id, currency, amount, amount_reporting from {{ ref('fct_deals') }}
)

select
    lines.line_id,
    lines.deal_id,
    deals.account_id,
    products.product_id,
    coalesce(products.product_name, lines.product_name) as product_name,
    lines.source,
    lines.instance,
    lines.table_name,
    lines.record_key,
    lines.quantity,
    lines.unit_amount,
    lines.amount,
    coalesce(lines.currency, deals.currency) as currency,
    -- at the rate of its deal: the share of the deal that the line is
    case when deals.amount <> 0 then {{ divide_money('cast(deals.amount_reporting as decimal(20, 6)) * cast(lines.amount as decimal(18, 4))', 'deals.amount', 6) }} end as amount_reporting
from lines
left join deals on lines.deal_id = deals.deal_id
left join {{ ref('int_product_keys') }} as products
    on lines.source = products.source and lines.instance = products.instance and lines.key = products.key
