select
    month as period_start,
    case when grouping(channel) = 1 then 'all' else channel end as segment,
    cast(sum(won_amount) as decimal(18, 6)) as metric_value
from {{ ref('rpt_channels') }}
where channel <> 'unattributed'
group by grouping sets ((month), (month, channel))
