with history as (
    select * from {{ source('history_chargebee', 'subscriptions') }}
),

conformed as (
    select
        'chargebee' as source,
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id as subscription_key,
        status,
        _night as seen_on,
        _change as change
    from history
)

select * from conformed
