with source as (
    select * from {{ source('raw_linkedin_ads', 'campaign_analytics') }}
),

typed as (
    select
        'linkedin_ads' as source,
        _instance as instance,
        'campaign_analytics' as table_name,
        day || '|' || campaign_id as record_key,
        try_cast(day as date) as day,
        campaign_id,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks,
        try_cast(conversions as decimal(18, 4)) as conversions
    from source
)

select * from typed
