-- Campaigns that an ad platform bills, and those that only a link's marks name (e-mails, posts, partners).
with bought as (
    select
        source || ':' || instance || ':' || campaign_key as campaign_id,
        source,
        instance,
        arg_max(campaign_name, (day, record_key)) as name,
        arg_max(channel, (day, record_key)) as channel,
        arg_max(currency, (day, record_key)) as currency,
        arg_max({{ clean_mark('utm_source') }}, (day, record_key)) as utm_source,
        arg_max({{ clean_mark('utm_medium') }}, (day, record_key)) as utm_medium,
        arg_max({{ clean_mark('utm_campaign') }}, (day, record_key)) as utm_campaign,
        min(day) as first_day,
        max(day) as last_day
    from {{ ref('int_ad_spend') }}
    where campaign_key is not null
    group by all
),

marked as (
    select
        utm_source,
        utm_campaign,
        min(utm_medium) as utm_medium,
        min(channel) as channel,
        min({{ reporting_date('touched_at') }}) as first_day,
        max({{ reporting_date('touched_at') }}) as last_day
    from {{ ref('int_marked_touches') }}
    where utm_source is not null and utm_campaign is not null
    group by all
),

only_marked as (
    select marked.*
    from marked
    where not exists (
        select 1 from bought
        where bought.utm_source = marked.utm_source and bought.utm_campaign = marked.utm_campaign
    )
)

select campaign_id, name, source, instance, channel, currency, utm_source, utm_medium, utm_campaign, first_day, last_day
from bought
union all
select
    'utm:' || utm_source || ':' || utm_campaign as campaign_id,
    utm_campaign as name,
    'utm' as source,
    '' as instance,
    channel,
    cast(null as varchar) as currency,
    utm_source,
    utm_medium,
    utm_campaign,
    first_day,
    last_day
from only_marked
