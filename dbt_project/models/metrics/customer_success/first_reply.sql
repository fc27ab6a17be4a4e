select month as period_start, 'all' as segment, cast(first_reply_minutes_p50 as decimal(18, 6)) as metric_value
from {{ ref('rpt_support') }}
where source = 'all' and first_reply_minutes_p50 is not null
