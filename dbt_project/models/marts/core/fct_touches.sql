-- Marketing only: a visit without any campaign mark says nothing of marketing and is left out.
with touches as (
    select * from {{ ref('int_marked_touches') }} where channel is not null and touched_at is not null
),

people as (
    select * from {{ ref('xref_people') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

-- a mark that two campaigns share stands for the one that ran last
campaigns as (
    select utm_source, utm_campaign, arg_max(campaign_id, (last_day, campaign_id)) as campaign_id
    from {{ ref('dim_campaigns') }}
    where utm_source is not null and utm_campaign is not null
    group by utm_source, utm_campaign
)

select
    touches.source || ':' || touches.instance || ':' || touches.table_name || ':' || touches.record_key as touch_id,
    people.person_id,
    accounts.account_id,
    touches.touched_at,
    touches.kind,
    touches.kind in ('{{ var("attributed_touch_kinds") | join("', '") }}') as is_attributed,
    touches.channel,
    campaigns.campaign_id,
    touches.utm_source,
    touches.utm_medium,
    touches.utm_campaign,
    touches.written_source,
    touches.written_medium,
    touches.written_campaign,
    touches.utm_problem,
    touches.source,
    touches.instance,
    touches.table_name,
    touches.record_key
from touches
left join people
    on touches.source = people.source and touches.instance = people.instance
    and touches.person_table = people.table_name and touches.person_key = people.record_key
left join accounts
    on touches.source = accounts.source and touches.instance = accounts.instance
    and touches.person_table = accounts.table_name and touches.person_key = accounts.record_key
left join campaigns
    on touches.utm_source = campaigns.utm_source and touches.utm_campaign = campaigns.utm_campaign
