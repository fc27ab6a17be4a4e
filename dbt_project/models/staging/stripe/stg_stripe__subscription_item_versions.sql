with items as (
    select
        _instance as instance,
        'subscription_items' as table_name,
        item_id as record_key,
        subscription_id as subscription_key,
        item_id as item_key,
        price_id as price_key,
        currency,
        cast(coalesce(try_cast(quantity as decimal(18, 4)), 1) * try_cast(unit_amount as decimal(18, 4)) as decimal(18, 4)) as amount,
        interval as interval_unit,
        try_cast(interval_count as integer) as interval_count,
        usage_type,
        _night as seen_on,
        _change as change
    from {{ source('history_stripe', 'subscription_items') }}
),

-- the UI's export has no items: it states the whole subscription's amount and interval
whole_subscriptions as (
    select
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id as subscription_key,
        'item' as item_key,
        plan as price_key,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        lower(interval) as interval_unit,
        1 as interval_count,
        cast(null as varchar) as usage_type,
        _night as seen_on,
        _change as change
    from {{ source('history_stripe', 'subscriptions') }}
    where amount is not null and interval is not null
),

versions as (
    select * from items
    union all
    select * from whole_subscriptions
)

select 'stripe' as source, *, interval_unit is not null as is_recurring from versions
