with source as (
    select * from {{ source('raw_posthog', 'events') }}
),

typed as (
    select
        'posthog' as source,
        _instance as instance,
        'events' as table_name,
        event_id as record_key,
        event_id,
        user_id,
        email,
        account_id,
        event,
        try_cast(occurred_at as timestamptz) as occurred_at
    from source
)

select * from typed
