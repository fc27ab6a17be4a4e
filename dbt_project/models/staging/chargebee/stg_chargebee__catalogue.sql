-- Plans and addons of the catalogue before item prices, in the shape of item prices.
with plans as (
    select _instance, plan_id, 'plan' as item_type, name, currency, price, period, period_unit, pricing_model, 'recurring' as charge_type
    from {{ source('raw_chargebee', 'plans') }}
),

addons as (
    select _instance, addon_id, 'addon' as item_type, name, currency, price, period, period_unit, pricing_model, charge_type
    from {{ source('raw_chargebee', 'addons') }}
),

catalogue as (
    select * from plans
    union all
    select * from addons
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        item_type || 's' as table_name,
        plan_id as record_key,
        plan_id as item_id,
        case when charge_type = 'non_recurring' then 'charge' else item_type end as item_type,
        name,
        currency,
        try_cast(price as decimal(18, 4)) as price,
        try_cast(period as bigint) as period,
        period_unit,
        pricing_model
    from catalogue
)

select * from typed
