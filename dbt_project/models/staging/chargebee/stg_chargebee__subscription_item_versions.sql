with items as (
    select
        _instance as instance,
        'subscription_items' as table_name,
        subscription_id || '|' || item_price_id as record_key,
        subscription_id as subscription_key,
        case when coalesce(item_type, 'plan') = 'plan' then 'plan' else item_price_id end as item_key,
        item_price_id as price_key,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        billing_period_unit as interval_unit,
        try_cast(billing_period as integer) as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring,
        _night as seen_on,
        _change as change
    from {{ source('history_chargebee', 'subscription_items') }}
),

exported as (
    select
        *,
        try_cast(current_term_start as timestamptz) as term_start,
        try_cast(current_term_end as timestamptz) as term_end
    from {{ source('history_chargebee', 'subscriptions') }}
    where plan_unit_price is not null
),

typed as (
    select
        * exclude (billing_period, current_term_start, current_term_end, term_start, term_end),
        try_cast(billing_period as bigint) as billing_period,
        term_start as current_term_start,
        term_end as current_term_end
    from exported
),

plans as (
    select
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id as subscription_key,
        'plan' as item_key,
        plan_id as price_key,
        currency,
        cast(coalesce(try_cast(plan_quantity as decimal(18, 4)), 1) * try_cast(plan_unit_price as decimal(18, 4)) as decimal(18, 4)) as amount,
        {{ chargebee_plan_interval('unit') }} as interval_unit,
        {{ chargebee_plan_interval('count') }} as interval_count,
        true as is_recurring,
        _night as seen_on,
        _change as change
    from typed
),

addons as (
    select
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id as subscription_key,
        addon_id as item_key,
        addon_id as price_key,
        currency,
        cast(coalesce(addon_quantity, 1) * addon_unit_price as decimal(18, 4)) as amount,
        {{ chargebee_plan_interval('unit') }} as interval_unit,
        {{ chargebee_plan_interval('count') }} as interval_count,
        true as is_recurring,
        _night as seen_on,
        _change as change
    from ({{ chargebee_addons('typed') }})
    where addon_unit_price is not null
),

versions as (
    select * from items
    union all by name
    select * from plans
    union all by name
    select * from addons
)

select 'chargebee' as source, * from versions
