with source as (
    select * from {{ source('raw_encharge', 'events') }}
),

typed as (
    select
        'encharge' as source,
        _instance as instance,
        'events' as table_name,
        event_id as record_key,
        event_id,
        event_type,
        try_cast(occurred_at as timestamptz) as occurred_at,
        person_id,
        email,
        utm_source,
        utm_medium,
        utm_campaign,
        url
    from source
)

select * from typed
