with campaigns as (
    select * from {{ ref('stg_meta_ads__campaigns') }}
    qualify row_number() over (partition by instance, campaign_id order by updated_at desc) = 1
),

ads as (
    select * from {{ ref('stg_meta_ads__ads') }}
    qualify row_number() over (partition by instance, ad_id order by updated_at desc) = 1
),

by_campaign as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        records.campaign_name as campaign_key,
        records.campaign_name,
        'paid_social' as channel,
        json_extract_string(records.spend, '$[0].key') as currency,
        try_cast(json_extract_string(records.spend, '$[0].value') as decimal(18, 4)) as cost,
        records.impressions,
        records.clicks,
        records.conversions,
        'facebook' as utm_source,
        'paid_social' as utm_medium,
        lower(replace(records.campaign_name, ' ', '_')) as utm_campaign
    from {{ ref('stg_meta_ads__campaign_report') }} as records
),

by_ad as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        records.campaign_name as campaign_key,
        records.campaign_name,
        'paid_social' as channel,
        json_extract_string(records.spend, '$[0].key') as currency,
        try_cast(json_extract_string(records.spend, '$[0].value') as decimal(18, 4)) as cost,
        records.impressions,
        records.clicks,
        records.conversions,
        'facebook' as utm_source,
        'paid_social' as utm_medium,
        lower(replace(records.campaign_name, ' ', '_')) as utm_campaign
    from {{ ref('stg_meta_ads__ad_report') }} as records
),

copied as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        coalesce(records.campaign_id, ads.campaign_id) as campaign_key,
        coalesce(records.campaign_name, campaigns.name) as campaign_name,
        'paid_social' as channel,
        records.currency,
        records.cost,
        records.impressions,
        records.clicks,
        cast(null as decimal(18, 4)) as conversions,
        'facebook' as utm_source,
        'paid_social' as utm_medium,
        lower(replace(coalesce(records.campaign_name, campaigns.name), ' ', '_')) as utm_campaign
    from {{ ref('stg_meta_ads__ad_insights') }} as records
    left join ads on records.instance = ads.instance and records.ad_id = ads.ad_id
    left join campaigns
        on records.instance = campaigns.instance and coalesce(records.campaign_id, ads.campaign_id) = campaigns.campaign_id
),

conformed as (
    select * from by_campaign
    union all
    select * from by_ad
    union all
    select * from copied
)

select * from conformed
