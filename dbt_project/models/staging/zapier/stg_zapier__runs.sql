with source as (
    select * from {{ source('raw_zapier', 'runs') }}
),

typed as (
    select
        'zapier' as source,
        _instance as instance,
        'runs' as table_name,
        run_id as record_key,
        run_id,
        zap_id,
        zap_title,
        status,
        try_cast(started_at as timestamptz) as started_at,
        try_cast(ended_at as timestamptz) as ended_at
    from source
)

select * from typed
