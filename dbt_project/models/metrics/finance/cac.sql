select month as period_start, 'all' as segment, cast(cac as decimal(18, 6)) as metric_value
from {{ ref('rpt_unit_economics') }}
where policy = 'onefunnel' and cac is not null
