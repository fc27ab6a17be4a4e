with source as (
    select * from {{ source('raw_chargebee', 'subscription_addons') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'subscription_addons' as table_name,
        subscription_id || '|' || addon_id as record_key,
        subscription_id,
        addon_id,
        currency,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_price as decimal(18, 4)) as unit_price,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(billing_period as bigint) as billing_period,
        billing_period_unit
    from source
)

select * from typed
