select month as period_start, segment, cast(sign_ups as decimal(18, 6)) as metric_value
from {{ ref('rpt_activation') }}
