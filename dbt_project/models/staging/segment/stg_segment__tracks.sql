with source as (
    select * from {{ source('raw_segment', 'tracks') }}
),

typed as (
    select
        'segment' as source,
        _instance as instance,
        'tracks' as table_name,
        event_id as record_key,
        event_id,
        user_id,
        account_id,
        event,
        try_cast(occurred_at as timestamptz) as occurred_at
    from source
)

select * from typed
