select
    month as period_start,
    'all' as segment,
    cast(sum(held) / nullif(cast(sum(held + no_shows) as double), 0) as decimal(18, 6)) as metric_value
from {{ ref('rpt_meetings') }}
group by month
having sum(held + no_shows) > 0
