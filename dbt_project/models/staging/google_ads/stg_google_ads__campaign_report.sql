with source as (
    select * from {{ source('raw_google_ads', 'campaign_report') }}
),

typed as (
    select
        'google_ads' as source,
        _instance as instance,
        'campaign_report' as table_name,
        day || '|' || campaign_name as record_key,
        try_cast(day as date) as day,
        campaign_name,
        campaign_id,
        status,
        currency,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks,
        try_cast(conversions as decimal(18, 4)) as conversions
    from source
)

select * from typed
