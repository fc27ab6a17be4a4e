with source as (
    select * from {{ source('raw_meta_ads', 'ads') }}
),

typed as (
    select
        'meta_ads' as source,
        _instance as instance,
        'ads' as table_name,
        ad_id || '|' || updated_at as record_key,
        ad_id,
        try_cast(updated_at as timestamptz) as updated_at,
        campaign_id
    from source
)

select * from typed
