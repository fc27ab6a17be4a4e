select month as period_start, 'all' as segment, cast(quick_ratio as decimal(18, 6)) as metric_value
from {{ ref('rpt_retention') }}
where policy = 'onefunnel' and view = 'scheduled' and quick_ratio is not null
