select month as period_start, 'all' as segment, cast(top_10_share as decimal(18, 6)) as metric_value
from {{ ref('rpt_revenue_concentration') }}
where policy = 'onefunnel' and top_10_share is not null
