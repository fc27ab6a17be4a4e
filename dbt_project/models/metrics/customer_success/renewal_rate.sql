select
    due_month as period_start,
    'all' as segment,
    cast(count(*) filter (where renewed_on is not null) / cast(count(*) as double) as decimal(18, 6)) as metric_value
from {{ ref('rpt_renewals') }}
where outcome in ('on_time', 'late', 'lost')
group by due_month
