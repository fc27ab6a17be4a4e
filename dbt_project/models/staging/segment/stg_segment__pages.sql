with source as (
    select * from {{ source('raw_segment', 'pages') }}
),

typed as (
    select
        'segment' as source,
        _instance as instance,
        'pages' as table_name,
        page_id as record_key,
        page_id,
        user_id,
        url,
        utm_source,
        utm_medium,
        utm_campaign,
        try_cast(viewed_at as timestamptz) as viewed_at
    from source
)

select * from typed
