with records as (
    select * from {{ ref('stg_chargebee__subscription_items_records') }}
),

-- the catalogue before item prices, and the import-friendly export, have plan and addons on the subscription itself
exported as (
    select subscriptions.*
    from {{ ref('stg_chargebee__subscriptions_records') }} as subscriptions
    where plan_unit_price is not null
        and (source, instance, subscription_id) not in (select (source, instance, subscription_id) from records)
),

items as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key,
        case when coalesce(item_type, 'plan') = 'plan' then 'plan' else item_price_id end as item_key,
        item_price_id as price_key, item_price_id as product_key, currency, quantity, unit_price as unit_amount, amount,
        billing_period_unit as interval_unit, billing_period as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring
    from records
),

plans as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key, 'plan' as item_key,
        plan_id as price_key, plan_id as product_key, currency, coalesce(plan_quantity, 1) as quantity,
        plan_unit_price as unit_amount,
        cast(cast(coalesce(plan_quantity, 1) as decimal(19, 4)) * cast(plan_unit_price as decimal(19, 4)) as decimal(18, 4)) as amount,
        {{ chargebee_plan_interval('unit') }} as interval_unit,
        {{ chargebee_plan_interval('count') }} as interval_count,
        true as is_recurring
    from exported
),

exported_addons as (
    select
        source, instance, table_name, record_key || '|' || addon_id as record_key, subscription_id as subscription_key,
        addon_id as item_key, addon_id as price_key, addon_id as product_key, currency,
        coalesce(addon_quantity, 1) as quantity, addon_unit_price as unit_amount,
        cast(cast(coalesce(addon_quantity, 1) as decimal(19, 4)) * cast(addon_unit_price as decimal(19, 4)) as decimal(18, 4)) as amount,
        {{ chargebee_plan_interval('unit') }} as interval_unit,
        {{ chargebee_plan_interval('count') }} as interval_count,
        true as is_recurring
    from ({{ chargebee_addons('exported') }})
    where addon_unit_price is not null
),

addons as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key, addon_id as item_key,
        addon_id as price_key, addon_id as product_key, currency, coalesce(quantity, 1) as quantity,
        unit_price as unit_amount, amount, billing_period_unit as interval_unit, billing_period as interval_count,
        true as is_recurring
    from {{ ref('stg_chargebee__subscription_addons') }}
)

select * from items
union all by name
select * from plans where interval_count is not null
union all by name
select * from exported_addons where interval_count is not null
union all by name
select * from addons
