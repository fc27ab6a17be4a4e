select month as period_start, 'all' as segment, cast(sum(won_amount) as decimal(18, 6)) as metric_value
from {{ ref('rpt_win_rates') }}
where deal_type = 'new'
group by month
