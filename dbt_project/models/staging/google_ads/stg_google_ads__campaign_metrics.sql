with source as (
    select * from {{ source('raw_google_ads', 'campaign_metrics') }}
),

typed as (
    select
        'google_ads' as source,
        _instance as instance,
        'campaign_metrics' as table_name,
        day || '|' || campaign_id as record_key,
        try_cast(day as date) as day,
        campaign_id,
        campaign_name,
        currency,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks,
        try_cast(conversions as decimal(18, 4)) as conversions
    from source
)

select * from typed
