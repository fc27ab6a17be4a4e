with source as (
    select * from {{ source('raw_meta_ads', 'campaigns') }}
),

typed as (
    select
        'meta_ads' as source,
        _instance as instance,
        'campaigns' as table_name,
        campaign_id || '|' || updated_at as record_key,
        campaign_id,
        try_cast(updated_at as timestamptz) as updated_at,
        name
    from source
)

select * from typed
