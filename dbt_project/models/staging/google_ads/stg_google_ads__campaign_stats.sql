with source as (
    select * from {{ source('raw_google_ads', 'campaign_stats') }}
),

typed as (
    select
        'google_ads' as source,
        _instance as instance,
        'campaign_stats' as table_name,
        stat_id || '|' || day as record_key,
        stat_id,
        try_cast(day as date) as day,
        account_id,
        campaign_id,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(impressions as bigint) as impressions,
        try_cast(clicks as bigint) as clicks,
        try_cast(conversions as decimal(18, 4)) as conversions
    from source
)

select * from typed
