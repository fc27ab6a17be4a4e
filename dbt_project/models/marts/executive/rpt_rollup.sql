-- What is told upwards: heads of department see every metric of theirs, the RevOps manager what the seed marks for RevOps
-- and for the CRO, the CRO the latter alone. The figure is the scoreboard's: the running month, or the last that has one.
with night as (
    select cast(date_trunc('month', night) as date) as running_month from {{ source('ops', 'night') }}
),

scores as (
    select scoreboard.*, night.running_month
    from {{ ref('rpt_scoreboard') }} as scoreboard
    cross join night
    where scoreboard.period <= night.running_month and scoreboard.value is not null
),

-- a month that is over says more than one that has just begun, except for what is a state and not a flow
latest as (
    select *
    from scores
    qualify row_number() over (
        partition by metric order by case when period < running_month then 0 else 1 end asc, period desc nulls last
    ) = 1
),

told as (
    select metric, reported_to from {{ ref('executive_metrics') }}
),

levels as (
    select 'head' as level, 1 as place
    union all select 'revops', 2
    union all select 'cro', 3
),

rolled_up as (
    select levels.level, levels.place, latest.*
    from latest
    left join told on latest.metric = told.metric
    inner join levels
        on levels.level = 'head'
        or (levels.level = 'revops' and told.reported_to in ('revops', 'cro'))
        or (levels.level = 'cro' and told.reported_to = 'cro')
)

select
    level,
    department,
    metric,
    period,
    value,
    previous,
    target,
    unit,
    better,
    case
        when target is null then 'no target'
        when (better = 'up' and value >= target) or (better = 'down' and value <= target) then 'met'
        else 'missed'
    end as against_target,
    case
        when previous is null then 'new'
        when value = previous then 'same'
        when (better = 'up') = (value > previous) then 'better'
        else 'worse'
    end as trend
from rolled_up
