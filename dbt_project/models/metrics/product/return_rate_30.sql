select month as period_start, 'all' as segment, cast(return_rate_then_or_later as decimal(18, 6)) as metric_value
from {{ ref('rpt_return_rates') }}
where day = 30
