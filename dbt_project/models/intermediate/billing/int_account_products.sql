-- Products that each account has in a running subscription.
with subscriptions as (
    select subscription_id, account_id, source, instance, record_key from {{ ref('fct_subscriptions') }}
    where account_id <> 'unassigned' and status in ('active', 'trial', 'past_due', 'non_renewing', 'paused')
),

items as (
    select
        subscriptions.account_id,
        coalesce(by_product.product_id, by_price.product_id) as product_id,
        coalesce(by_product.product_name, by_price.product_name) as product_name
    from {{ ref('int_subscription_items') }} as items
    inner join subscriptions
        on items.source = subscriptions.source and items.instance = subscriptions.instance
        and items.subscription_key = subscriptions.record_key
    left join {{ ref('int_product_keys') }} as by_price
        on items.source = by_price.source and items.instance = by_price.instance and items.price_key = by_price.key
    left join {{ ref('int_product_keys') }} as by_product
        on items.source = by_product.source and items.instance = by_product.instance and items.product_key = by_product.key
        and items.product_key <> items.price_key
    where items.is_recurring
)

select account_id, product_id, min(product_name) as product_name
from items
where product_id is not null
group by account_id, product_id
