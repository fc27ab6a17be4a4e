-- Every customer handed from one department to the next: when, who should take it, who took it and when, and whether in time.
with night as (
    select night, cast(night + interval 1 day as timestamptz) as ends_at from {{ source('ops', 'night') }}
),

stages as (
    select * from {{ ref('fct_stage_events') }} where not coalesce(is_regression, false)
),

new_business as (
    select * from stages where pass_kind = 'new_business'
),

-- what sales took without marketing's word is counted, and has no clock
qualified as (
    select account_id, pass_number, min(entered_at) as handed_at, arg_min(evidence, (entered_at, evidence = 'inferred')) = 'inferred' as is_unqualified
    from new_business
    where stage = 'mql'
    group by account_id, pass_number
),

-- a first human touch, a meeting held or a deal created each show that sales took it
taken_by_sales as (
    select
        qualified.account_id, qualified.pass_number, qualified.is_unqualified, qualified.handed_at,
        min(taken.entered_at) as taken_at,
        cast(null as varchar) as taken_by,
        min(taken.entered_at) filter (where taken.stage_rank >= 5) as completed_at
    from qualified
    left join new_business as taken
        on qualified.account_id = taken.account_id and qualified.pass_number = taken.pass_number
        and taken.stage in ('sal', 'sql', 'opportunity') and taken.entered_at >= qualified.handed_at
    group by qualified.account_id, qualified.pass_number, qualified.is_unqualified, qualified.handed_at
),

-- both clocks of the hand-off to sales: until somebody has it, and from then until it is taken
assigned as (
    select
        qualified.account_id,
        qualified.pass_number,
        coalesce(min(leads.assigned_at) filter (where leads.assigned_at >= qualified.handed_at), max(leads.assigned_at)) as assigned_at,
        count(*) as leads,
        count(*) filter (where leads.touched_at is null) as untouched_leads
    from qualified
    inner join {{ ref('int_lead_clocks') }} as leads on qualified.account_id = leads.account_id
    group by qualified.account_id, qualified.pass_number
),

won as (
    select account_id, pass_number, min(entered_at) as handed_at from new_business where stage = 'won' group by account_id, pass_number
),

success_owners as (
    select owner_id from {{ ref('dim_owners') }} where regexp_matches(lower(team), '{{ var("customer_success_teams") }}')
),

human_touches as (
    select account_id, owner_id, occurred_at as touched_at from {{ ref('fct_activities') }}
    where is_touch and account_id is not null
    union all
    select account_id, cast(null as varchar), starts_at from {{ ref('fct_meetings') }} where is_held and account_id is not null
),

-- of a company that tells no teams any touch after the win counts
success_touches as (
    select * from human_touches
    where owner_id in (select owner_id from success_owners) or not exists (select 1 from success_owners)
),

taken_by_success as (
    select won.account_id, won.pass_number, false as is_unqualified, won.handed_at,
        min(touches.touched_at) as taken_at, arg_min(touches.owner_id, (touches.touched_at, touches.owner_id)) as taken_by
    from won
    left join success_touches as touches on won.account_id = touches.account_id and touches.touched_at > won.handed_at
    group by won.account_id, won.pass_number, won.handed_at
),

activated as (
    select account_id, min(entered_at) as completed_at from stages where stage = 'activated' group by account_id
),

taken_by_finance as (
    select won.account_id, won.pass_number, false as is_unqualified, won.handed_at, min(billed.entered_at) as taken_at,
        cast(null as varchar) as taken_by, min(billed.entered_at) as completed_at
    from won
    left join new_business as billed
        on won.account_id = billed.account_id and billed.stage in ('billed', 'reactivated')
        and billed.entered_at >= won.handed_at - interval 30 day
    group by won.account_id, won.pass_number, won.handed_at
),

upsells as (
    select distinct source, instance, table_name, record_key from {{ ref('fct_deals') }} where deal_type = 'upsell'
),

-- customer success hands a chance to expand back to sales by opening the deal; renewals stay with customer success
expansions as (
    select
        stages.account_id, stages.pass_number, false as is_unqualified,
        min(stages.entered_at) filter (where stages.stage = 'opportunity') as handed_at,
        min(stages.entered_at) filter (where stages.stage = 'won') as completed_at
    from stages
    inner join upsells using (source, instance, table_name, record_key)
    where stages.pass_kind = 'customer'
    group by stages.account_id, stages.pass_number
),

taken_as_expansion as (
    select
        expansions.account_id, expansions.pass_number, expansions.is_unqualified, expansions.handed_at,
        least(min(touches.touched_at), any_value(expansions.completed_at)) as taken_at,
        arg_min(touches.owner_id, (touches.touched_at, touches.owner_id)) as taken_by,
        any_value(expansions.completed_at) as completed_at
    from expansions
    left join human_touches as touches
        on expansions.account_id = touches.account_id and touches.touched_at >= expansions.handed_at
    where expansions.handed_at is not null
    group by expansions.account_id, expansions.pass_number, expansions.is_unqualified, expansions.handed_at
),

handoffs as (
    select 'marketing_to_sales' as handoff, 'new_business' as pass_kind, {{ var('handoff_to_sales_hours') }} as service_level_hours, *
    from taken_by_sales
    union all by name
    select
        'sales_to_customer_success' as handoff, 'new_business' as pass_kind,
        {{ var('handoff_to_customer_success_hours') }} as service_level_hours, taken_by_success.*, activated.completed_at
    from taken_by_success
    left join activated using (account_id)
    union all by name
    select 'sales_to_finance' as handoff, 'new_business' as pass_kind, {{ var('won_not_billed_days') }} * 24 as service_level_hours, *
    from taken_by_finance
    union all by name
    select 'customer_success_to_sales' as handoff, 'customer' as pass_kind, {{ var('handoff_expansion_hours') }} as service_level_hours, *
    from taken_as_expansion
),

timed as (
    select handoffs.*, handed_at + to_hours(service_level_hours) as due_at from handoffs
)

select
    timed.handoff,
    timed.account_id,
    accounts.name as account_name,
    accounts.owner_id,
    timed.pass_kind,
    cast(timed.pass_number as integer) as pass_number,
    timed.handed_at,
    timed.due_at,
    assigned.assigned_at,
    timed.taken_at,
    timed.taken_by,
    timed.completed_at,
    case
        when timed.taken_at is not null and not timed.is_unqualified
            then greatest(date_diff('minute', timed.handed_at, timed.taken_at), 0) / 60
    end as hours_to_take,
    case
        when assigned.assigned_at is not null then greatest(date_diff('minute', timed.handed_at, assigned.assigned_at), 0) / 60
    end as hours_to_assign,
    case
        when timed.taken_at is not null and assigned.assigned_at is not null
            then greatest(date_diff('minute', greatest(timed.handed_at, assigned.assigned_at), timed.taken_at), 0) / 60
    end as hours_from_assignment,
    assigned.leads,
    assigned.untouched_leads,
    cast(timed.service_level_hours as integer) as service_level_hours,
    case
        when timed.is_unqualified then 'unqualified'
        when timed.taken_at <= timed.due_at then 'in_time'
        when timed.taken_at is not null then 'late'
        when timed.due_at > night.ends_at then 'open'
        else 'missed'
    end as outcome
from timed
cross join night
left join {{ ref('int_accounts') }} as accounts on timed.account_id = accounts.account_id
left join assigned
    on timed.account_id = assigned.account_id and timed.pass_number = assigned.pass_number and timed.handoff = 'marketing_to_sales'
