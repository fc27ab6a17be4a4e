with source as (
    select * from {{ source('raw_meta_ads', 'ad_insights') }}
),

typed as (
    select
        'meta_ads' as source,
        _instance as instance,
        'ad_insights' as table_name,
        day || '|' || ad_id as record_key,
        try_cast(day as date) as day,
        ad_id,
        campaign_id,
        campaign_name,
        currency,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks
    from source
)

select * from typed
