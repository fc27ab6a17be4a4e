select month as period_start, 'all' as segment, cast(nrr_12m as decimal(18, 6)) as metric_value
from {{ ref('rpt_retention') }}
where policy = 'onefunnel' and view = 'scheduled' and nrr_12m is not null
