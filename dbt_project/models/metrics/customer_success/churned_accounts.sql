select month as period_start, 'all' as segment, cast(sum(accounts) as decimal(18, 6)) as metric_value
from {{ ref('rpt_churn') }}
group by month
