-- What was spent by campaign and day. A day is that of the platform's own time zone: a daily figure cannot be cut anew.
with stated as (
    select
        *,
        coalesce(currency, {{ ad_account_currency('source', 'instance') }}) as stated_currency
    from {{ ref('int_ad_spend') }}
    where day is not null and campaign_key is not null
),

-- two exports of one account that tell the same day (a report and a copy of the API) count once: the fuller one
told as (
    select source, instance, day, arg_max(table_name, (cost, table_name)) as table_name
    from (select source, instance, day, table_name, coalesce(sum(cost), 0) as cost from stated group by all)
    group by source, instance, day
),

daily as (
    select
        source, instance, table_name, day,
        source || ':' || instance || ':' || campaign_key as campaign_id,
        stated_currency as currency,
        min(channel) as channel,
        min(time_zone) as time_zone,
        cast(sum(cost) as decimal(18, 4)) as cost,
        cast(coalesce(sum(impressions), 0) as bigint) as impressions,
        cast(coalesce(sum(clicks), 0) as bigint) as clicks,
        cast(coalesce(sum(conversions), 0) as decimal(18, 4)) as conversions
    from stated
    inner join told using (source, instance, day, table_name)
    group by all
),

night as (
    select night from {{ source('ops', 'night') }}
)

select
    daily.day,
    daily.campaign_id,
    daily.source,
    daily.instance,
    daily.table_name,
    daily.channel,
    daily.time_zone,
    daily.currency,
    daily.cost,
    {{ convert_money('daily.cost', 'rates.rate') }} as cost_reporting,
    daily.impressions,
    daily.clicks,
    daily.conversions
from daily
cross join night
left join {{ ref('int_exchange_rates') }} as rates
    on daily.currency = rates.currency and least(daily.day, night.night) = rates.rate_date
