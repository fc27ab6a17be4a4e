select
    month as period_start,
    case when grouping(segment) = 1 then 'all' else segment end as segment,
    cast(sum(entered) as decimal(18, 6)) as metric_value
from {{ ref('rpt_funnel_monthly') }}
where unit = 'account' and basis = 'cohort' and window_days is not null and stage = 'lead' and next_stage = 'billed'
group by grouping sets ((month), (month, segment))
