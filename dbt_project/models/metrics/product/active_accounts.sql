select month as period_start, 'all' as segment, cast(max(active_accounts) as decimal(18, 6)) as metric_value
from {{ ref('rpt_feature_adoption') }}
group by month
