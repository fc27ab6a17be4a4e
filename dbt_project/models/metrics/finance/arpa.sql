select month as period_start, 'all' as segment, cast(arpa as decimal(18, 6)) as metric_value
from {{ ref('rpt_retention') }}
where policy = 'onefunnel' and view = 'scheduled' and arpa is not null
