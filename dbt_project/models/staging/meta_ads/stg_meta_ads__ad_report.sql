with source as (
    select * from {{ source('raw_meta_ads', 'ad_report') }}
),

typed as (
    select
        'meta_ads' as source,
        _instance as instance,
        'ad_report' as table_name,
        day || '|' || campaign_name || '|' || ad_set_name || '|' || ad_name as record_key,
        try_cast(day as date) as day,
        campaign_name,
        ad_set_name,
        ad_name,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks,
        try_cast(conversions as decimal(18, 4)) as conversions,
        spend
    from source
)

select * from typed
