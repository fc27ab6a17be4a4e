select
    month as period_start,
    case when grouping(channel) = 1 then 'all' else channel end as segment,
    {{ divide_money('sum(spend)', 'nullif(sum(leads), 0)', 6) }} as metric_value
from {{ ref('rpt_channels') }}
group by grouping sets ((month), (month, channel))
having sum(spend) > 0
