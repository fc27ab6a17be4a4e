select month as period_start, 'all' as segment, cast(payback_months as decimal(18, 6)) as metric_value
from {{ ref('rpt_unit_economics') }}
where policy = 'onefunnel' and payback_months is not null
