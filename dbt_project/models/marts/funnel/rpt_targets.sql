-- Each target beside what came of it. A month that still runs has been reached only so far.
with targets as (
    select * from {{ ref('int_company__targets') }}
),

actuals as (
    select * from {{ ref('metric_values') }}
),

definitions as (
    select metric, department, unit, better from {{ ref('catalogue') }}
)

select
    definitions.department,
    targets.metric,
    targets.period_start,
    targets.segment,
    targets.target,
    actuals.metric_value as actual,
    cast(actuals.metric_value - targets.target as decimal(18, 6)) as difference,
    cast(actuals.metric_value as double) / nullif(cast(targets.target as double), 0) as attainment,
    case
        when definitions.better = 'up' then actuals.metric_value >= targets.target
        else actuals.metric_value <= targets.target
    end as is_met,
    definitions.unit
from targets
inner join definitions using (metric)
left join actuals using (metric, period_start, segment)
