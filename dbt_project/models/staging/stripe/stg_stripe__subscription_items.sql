with records as (
    select * from {{ ref('stg_stripe__subscription_items_records') }}
),

-- the UI's export has no items: it states the whole subscription's amount and interval
exported as (
    select * from {{ ref('stg_stripe__subscriptions_records') }} where amount is not null and interval is not null
),

items as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key, item_id as item_key,
        price_id as price_key,
        product_id as product_key, currency, coalesce(quantity, 1) as quantity, unit_amount,
        cast(cast(coalesce(quantity, 1) as decimal(19, 4)) * cast(unit_amount as decimal(19, 4)) as decimal(18, 4)) as amount,
        interval as interval_unit, interval_count, usage_type
    from records
),

whole_subscriptions as (
    select
        source, instance, table_name, record_key, record_key as subscription_key, 'item' as item_key,
        plan as price_key,
        plan as product_key, currency, coalesce(quantity, 1) as quantity,
        {{ divide_money('amount', 'coalesce(quantity, 1)', 4) }} as unit_amount, amount,
        lower(interval) as interval_unit, 1 as interval_count, cast(null as varchar) as usage_type
    from exported
),

conformed as (
    select * from items
    union all
    select * from whole_subscriptions
)

select *, interval_unit is not null as is_recurring from conformed
