with source as (
    select * from {{ source('raw_mixpanel', 'events') }}
),

typed as (
    select
        'mixpanel' as source,
        _instance as instance,
        'events' as table_name,
        concat_ws('|', event_id, event, user_id, occurred_at) as record_key,
        event_id,
        user_id,
        email,
        event,
        try_cast(occurred_at as timestamptz) as occurred_at
    from source
)

select * from typed
