-- When a pass of an account through the new-business funnel ended, and how: lost, recycled, disqualified and their kin, churned.
with deals as (
    select * from {{ ref('fct_deals') }} where deal_type = 'new' and account_id is not null and created_at is not null
),

lost as (
    select account_id, deal_id, closed_at as ended_at, 'lost' as ending, lost_reason as reason
    from deals
    where is_closed and not is_won and closed_at is not null
),

-- a record that its tool calls unqualified, recycled, …; only a change that was seen has a day
turned_away as (
    select account_id, cast(null as varchar) as deal_id, entered_at as ended_at, stage as ending, field || ': ' || tool_stage as reason
    from {{ ref('int_stage_marks') }}
    where stage in ('recycled', 'rejected', 'disqualified', 'junk', 'duplicate') and is_dated
),

churned as (
    select account_id, cast(null as varchar) as deal_id, entered_at as ended_at, 'churned' as ending, reason
    from {{ ref('int_account_periods') }}
    where not is_paying
),

ends as (
    select * from lost
    union all
    select * from turned_away
),

-- while another deal is open, or the account pays, losing one deal or one person ends nothing
kept_open as (
    select distinct ends.account_id, ends.ended_at
    from ends
    inner join deals
        on ends.account_id = deals.account_id and ends.deal_id is distinct from deals.deal_id and deals.created_at <= ends.ended_at
        and (not deals.is_closed or deals.closed_at is null or deals.closed_at > ends.ended_at)
    union
    select distinct ends.account_id, ends.ended_at
    from ends
    inner join {{ ref('int_account_periods') }} as periods
        on ends.account_id = periods.account_id and periods.is_paying and periods.entered_at <= ends.ended_at
        and (periods.until_at is null or periods.until_at > ends.ended_at)
),

counted as (
    select ends.account_id, ends.ended_at, ends.ending, ends.reason
    from ends
    anti join kept_open on ends.account_id = kept_open.account_id and ends.ended_at = kept_open.ended_at
    union all
    select account_id, ended_at, ending, reason from churned
)

select
    account_id,
    ended_at,
    arg_min(ending, ending) as ending,
    arg_min(reason, ending) as reason,
    cast(row_number() over (partition by account_id order by ended_at) as integer) as end_number
from counted
group by account_id, ended_at
