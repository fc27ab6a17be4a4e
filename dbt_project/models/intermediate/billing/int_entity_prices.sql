-- What an account pays each legal entity for a seat of a product, a year, by currency and billing period: live subscriptions only.
with items as (
    select * from {{ ref('int_subscription_items') }} where is_recurring and unit_amount > 0
),

products as (
    select
        source,
        instance,
        record_key as price_key,
        min(coalesce(product_name, product_key)) as product
    from {{ ref('int_prices') }}
    group by source, instance, record_key
),

subscriptions as (
    select * from {{ ref('fct_subscriptions') }} where status not in ('cancelled', 'expired')
)

select
    subscriptions.account_id,
    {{ legal_entity('items.source', 'items.instance') }} as legal_entity,
    lower(coalesce(products.product, items.product_key, items.price_key)) as product,
    coalesce(items.currency, subscriptions.currency) as currency,
    coalesce(items.interval_count, 1) || ' ' || items.interval_unit as billed_every,
    max({{ annualise('items.unit_amount', 'items.interval_unit', 'items.interval_count') }}) as annual_price,
    cast(sum(coalesce(items.quantity, 1)) as decimal(18, 4)) as quantity
from items
inner join subscriptions
    on items.source = subscriptions.source and items.instance = subscriptions.instance
    and items.subscription_key = subscriptions.record_key
left join products
    on items.source = products.source and items.instance = products.instance and items.price_key = products.price_key
group by all
