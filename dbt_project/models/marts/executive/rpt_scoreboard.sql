-- What the heads of department and the CRO look at: every metric by month, beside the month before and the target.
with figures as (
    select * from {{ ref('metric_values') }} where segment = 'all'
),

definitions as (
    select metric, unit, better from {{ ref('catalogue') }}
),

targets as (
    select metric, period_start, target from {{ ref('int_company__targets') }} where segment = 'all'
)

select
    figures.department,
    figures.metric,
    figures.period_start as period,
    figures.metric_value as value,
    previous.metric_value as previous,
    targets.target,
    definitions.unit,
    definitions.better
from figures
inner join definitions using (metric)
left join figures as previous
    on figures.metric = previous.metric and figures.period_start = previous.period_start + interval 1 month
left join targets on figures.metric = targets.metric and figures.period_start = targets.period_start
