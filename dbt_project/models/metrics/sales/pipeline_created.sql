select month as period_start, 'all' as segment, cast(sum(amount_reporting) as decimal(18, 6)) as metric_value
from {{ ref('rpt_pipeline_created') }}
where deal_type = 'new'
group by month
