select month as period_start, 'all' as segment, cast(csat as decimal(18, 6)) as metric_value
from {{ ref('rpt_support') }}
where source = 'all' and csat is not null
