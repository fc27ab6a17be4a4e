select month as period_start, segment, cast(silent as decimal(18, 6)) as metric_value
from {{ ref('rpt_activation') }}
where is_mature
