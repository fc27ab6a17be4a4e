select
    cast(date_trunc('month', as_of) as date) as period_start,
    'all' as segment,
    cast(median(health_score) as decimal(18, 6)) as metric_value
from {{ ref('rpt_health') }}
group by as_of
having count(health_score) > 0
