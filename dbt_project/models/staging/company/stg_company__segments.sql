with source as (
    select * from {{ source('raw_company', 'segments') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'segments' as table_name,
        segment_id || '|' || fact || '|' || operator || '|' || value as record_key,
        segment_id,
        fact,
        operator,
        value
    from source
)

select * from typed
