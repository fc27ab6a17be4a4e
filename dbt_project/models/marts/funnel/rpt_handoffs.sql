-- Every customer handed from one department to the next: when, who should take it, when it was taken, and whether in time.
with night as (
    select night, cast(night + interval 1 day as timestamptz) as ends_at from {{ source('ops', 'night') }}
),

stages as (
    select * from {{ ref('fct_stage_events') }}
),

qualified as (
    select account_id, pass_number, min(entered_at) as handed_at from stages where stage = 'mql' group by account_id, pass_number
),

-- an accepted lead, a meeting held or a deal created each show that sales took it
taken_by_sales as (
    select qualified.account_id, qualified.pass_number, qualified.handed_at, min(stages.entered_at) as taken_at
    from qualified
    left join stages
        on qualified.account_id = stages.account_id and qualified.pass_number = stages.pass_number
        and stages.stage in ('sal', 'sql', 'opportunity') and stages.entered_at >= qualified.handed_at
    group by qualified.account_id, qualified.pass_number, qualified.handed_at
),

won as (
    select account_id, pass_number, min(entered_at) as handed_at from stages where stage = 'won' group by account_id, pass_number
),

touches as (
    select account_id, occurred_at as touched_at from {{ ref('fct_activities') }} where is_touch and account_id is not null
    union all
    select account_id, starts_at from {{ ref('fct_meetings') }} where is_held and account_id is not null
),

taken_by_success as (
    select won.account_id, won.pass_number, won.handed_at, min(touches.touched_at) as taken_at
    from won
    left join touches on won.account_id = touches.account_id and touches.touched_at > won.handed_at
    group by won.account_id, won.pass_number, won.handed_at
),

taken_by_finance as (
    select won.account_id, won.pass_number, won.handed_at, min(stages.entered_at) as taken_at
    from won
    left join stages
        on won.account_id = stages.account_id and stages.stage in ('billed', 'reactivated')
        and stages.entered_at >= won.handed_at - interval 30 day
    group by won.account_id, won.pass_number, won.handed_at
),

handoffs as (
    select 'marketing_to_sales' as handoff, {{ var('handoff_to_sales_hours') }} as service_level_hours, * from taken_by_sales
    union all
    select 'sales_to_customer_success', {{ var('handoff_to_customer_success_hours') }}, * from taken_by_success
    union all
    select 'sales_to_finance', {{ var('won_not_billed_days') }} * 24, * from taken_by_finance
),

timed as (
    select handoffs.*, handed_at + to_hours(service_level_hours) as due_at from handoffs
)

select
    timed.handoff,
    timed.account_id,
    accounts.name as account_name,
    accounts.owner_id,
    cast(timed.pass_number as integer) as pass_number,
    timed.handed_at,
    timed.due_at,
    timed.taken_at,
    case when timed.taken_at is not null then greatest(date_diff('minute', timed.handed_at, timed.taken_at), 0) / 60 end as hours_to_take,
    cast(timed.service_level_hours as integer) as service_level_hours,
    case
        when timed.taken_at <= timed.due_at then 'in_time'
        when timed.taken_at is not null then 'late'
        when timed.due_at > night.ends_at then 'open'
        else 'missed'
    end as outcome
from timed
cross join night
left join {{ ref('int_accounts') }} as accounts on timed.account_id = accounts.account_id
