select
    month as period_start,
    case when grouping(channel) = 1 then 'all' else channel end as segment,
    cast(sum(spend) as decimal(18, 6)) as metric_value
from {{ ref('rpt_channels') }}
group by grouping sets ((month), (month, channel))
having sum(spend) > 0
