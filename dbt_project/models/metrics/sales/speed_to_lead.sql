select month as period_start, 'all' as segment, cast(rep_minutes_p50 as decimal(18, 6)) as metric_value
from {{ ref('rpt_speed_to_lead') }}
where is_all_owners and rep_minutes_p50 is not null
