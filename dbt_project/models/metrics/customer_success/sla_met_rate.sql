select month as period_start, 'all' as segment, cast(sla_met_rate as decimal(18, 6)) as metric_value
from {{ ref('rpt_support') }}
where source = 'all' and sla_met_rate is not null
