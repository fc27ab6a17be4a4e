-- Each owner's month: what was created, won and lost, against the quota; and the work behind it.
with created as (
    select month, owner_id, sum(deals) as created_deals, sum(amount_reporting) as created_amount
    from {{ ref('rpt_pipeline_created') }} group by month, owner_id
),

closed as (
    select month, owner_id, sum(won) as won, sum(lost) as lost, sum(won_amount) as won_amount
    from {{ ref('rpt_win_rates') }} group by month, owner_id
),

worked as (
    select
        cast(date_trunc('month', {{ reporting_date('occurred_at') }}) as date) as month, owner_id,
        count(*) as touches, count(distinct account_id) as accounts_touched
    from {{ ref('fct_activities') }} where is_touch and occurred_at is not null group by all
),

met as (
    select month, owner_id, sum(booked) as meetings_booked, sum(held) as meetings_held
    from {{ ref('rpt_meetings') }} where owner_id is not null group by month, owner_id
),

answered as (
    select month, owner_id, leads, touched as leads_touched, rep_minutes_p50
    from {{ ref('rpt_speed_to_lead') }} where owner_id not in ('all', 'nobody')
),

quotas as (
    select quotas.month, quotas.owner_id, quotas.quota from {{ ref('int_quotas') }} as quotas
    inner join {{ source('ops', 'night') }} as night on quotas.month <= night.night
),

spine as (
    select month, owner_id from created
    union select month, owner_id from closed
    union select month, owner_id from worked
    union select month, owner_id from met
    union select month, owner_id from answered
    union select month, owner_id from quotas
)

select
    spine.month,
    spine.owner_id,
    owners.full_name as owner_name,
    owners.manager_id,
    owners.team,
    owners.is_active,
    cast(coalesce(created.created_deals, 0) as bigint) as created_deals,
    cast(coalesce(created.created_amount, 0) as decimal(18, 6)) as created_amount,
    cast(coalesce(closed.won, 0) as bigint) as won,
    cast(coalesce(closed.lost, 0) as bigint) as lost,
    cast(coalesce(closed.won_amount, 0) as decimal(18, 6)) as won_amount,
    closed.won / nullif(cast(closed.won + closed.lost as double), 0) as win_rate,
    quotas.quota,
    cast(coalesce(closed.won_amount, 0) as double) / nullif(cast(quotas.quota as double), 0) as attainment,
    coalesce(worked.touches, 0) as touches,
    coalesce(worked.accounts_touched, 0) as accounts_touched,
    cast(coalesce(met.meetings_booked, 0) as bigint) as meetings_booked,
    cast(coalesce(met.meetings_held, 0) as bigint) as meetings_held,
    coalesce(answered.leads, 0) as leads,
    coalesce(answered.leads_touched, 0) as leads_touched,
    answered.rep_minutes_p50
from spine
left join created on spine.month = created.month and spine.owner_id is not distinct from created.owner_id
left join closed on spine.month = closed.month and spine.owner_id is not distinct from closed.owner_id
left join worked on spine.month = worked.month and spine.owner_id = worked.owner_id
left join met on spine.month = met.month and spine.owner_id = met.owner_id
left join answered on spine.month = answered.month and spine.owner_id = answered.owner_id
left join quotas on spine.month = quotas.month and spine.owner_id = quotas.owner_id
left join {{ ref('dim_owners') }} as owners on spine.owner_id = owners.owner_id
