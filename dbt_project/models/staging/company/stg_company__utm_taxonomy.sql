with source as (
    select * from {{ source('raw_company', 'utm_taxonomy') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'utm_taxonomy' as table_name,
        written_source || '|' || written_medium as record_key,
        written_source,
        written_medium,
        utm_source,
        utm_medium,
        channel
    from source
)

select * from typed
