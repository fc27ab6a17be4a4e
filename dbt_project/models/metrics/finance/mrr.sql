select month as period_start, 'all' as segment, cast(closing_mrr as decimal(18, 6)) as metric_value
from {{ ref('rpt_mrr_published') }}
where policy = 'onefunnel'
