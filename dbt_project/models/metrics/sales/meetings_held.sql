select month as period_start, 'all' as segment, cast(sum(held) as decimal(18, 6)) as metric_value
from {{ ref('rpt_meetings') }}
group by month
