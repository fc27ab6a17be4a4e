-- Hand-offs by month and by who answers for the account: how many were kept in time, late, missed, still open or unqualified.
with handoffs as (
    select *, cast(date_trunc('month', {{ reporting_date('handed_at') }}) as date) as month from {{ ref('rpt_handoffs') }}
)

select
    handoff,
    month,
    coalesce(owner_id, 'none') as owner_id,
    count(*) as handed,
    count(*) filter (where outcome = 'in_time') as in_time,
    count(*) filter (where outcome = 'late') as late,
    count(*) filter (where outcome = 'missed') as missed,
    count(*) filter (where outcome = 'open') as open_yet,
    count(*) filter (where outcome = 'unqualified') as unqualified,
    count(*) filter (where completed_at is not null) as completed,
    cast(coalesce(sum(untouched_leads), 0) as bigint) as untouched_leads,
    median(hours_to_assign) as median_hours_to_assign,
    median(hours_from_assignment) as median_hours_from_assignment,
    median(hours_to_take) as median_hours,
    count(*) filter (where outcome = 'in_time')
    / nullif(cast(count(*) filter (where outcome in ('in_time', 'late', 'missed')) as double), 0) as kept_rate
from handoffs
group by handoff, month, coalesce(owner_id, 'none')
