select month as period_start, 'all' as segment, cast(net_mrr_churn_rate as decimal(18, 6)) as metric_value
from {{ ref('rpt_retention') }}
where policy = 'onefunnel' and view = 'scheduled' and net_mrr_churn_rate is not null
