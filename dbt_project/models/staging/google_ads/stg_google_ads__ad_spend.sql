with campaigns as (
    select * from {{ ref('stg_google_ads__campaigns') }}
    qualify row_number() over (partition by instance, campaign_id order by updated_at desc) = 1
),

accounts as (
    select * from {{ ref('stg_google_ads__accounts') }}
    qualify row_number() over (partition by instance, account_id order by updated_at desc) = 1
),

reported as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        coalesce(records.campaign_id, records.campaign_name) as campaign_key,
        records.campaign_name,
        'paid_search' as channel,
        records.currency,
        records.cost,
        records.impressions,
        records.clicks,
        records.conversions,
        cast(null as varchar) as time_zone,
        'google' as utm_source,
        'cpc' as utm_medium,
        lower(replace(records.campaign_name, ' ', '_')) as utm_campaign
    from {{ ref('stg_google_ads__campaign_report') }} as records
),

measured as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        records.campaign_id as campaign_key,
        records.campaign_name,
        'paid_search' as channel,
        records.currency,
        records.cost,
        records.impressions,
        records.clicks,
        records.conversions,
        cast(null as varchar) as time_zone,
        'google' as utm_source,
        'cpc' as utm_medium,
        lower(replace(records.campaign_name, ' ', '_')) as utm_campaign
    from {{ ref('stg_google_ads__campaign_metrics') }} as records
),

copied as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        records.day,
        records.campaign_id as campaign_key,
        campaigns.name as campaign_name,
        'paid_search' as channel,
        accounts.currency,
        records.cost,
        records.impressions,
        records.clicks,
        records.conversions,
        accounts.time_zone,
        'google' as utm_source,
        'cpc' as utm_medium,
        lower(replace(campaigns.name, ' ', '_')) as utm_campaign
    from {{ ref('stg_google_ads__campaign_stats') }} as records
    left join campaigns on records.instance = campaigns.instance and records.campaign_id = campaigns.campaign_id
    left join accounts on records.instance = accounts.instance and records.account_id = accounts.account_id
),

conformed as (
    select * from reported
    union all
    select * from measured
    union all
    select * from copied
)

select * from conformed
