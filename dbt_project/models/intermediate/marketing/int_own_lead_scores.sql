-- The score by the company's own rules after each act, and on the night. Between acts it only falls, so no higher one is missed.
with points as (
    select * from {{ ref('int_lead_score_points') }}
),

standing as (
    select person_id, sum(points) as points from points where happened_at is null group by person_id
),

moments as (
    select person_id, happened_at, sum(case when decays then points else 0 end) as fading, sum(case when decays then 0 else points end) as kept
    from points
    where happened_at is not null
    group by person_id, happened_at
),

-- tonight is a moment at which nothing happened
with_tonight as (
    select * from moments
    union all
    select moments.person_id, night.built_as_of, 0, 0
    from (select distinct person_id from moments) as moments
    cross join {{ source('ops', 'night') }} as night
    where not exists (
        select 1 from moments as same
        where same.person_id = moments.person_id and same.happened_at = night.built_as_of
    )
),

-- points grow by doubling backwards from each person's first act, so that one running sum fades them all
counted as (
    select
        *,
        date_diff('second', min(happened_at) over (partition by person_id), happened_at)
        / (86400.0 * {{ var('lead_score_half_life_days') }}) as half_lives
    from with_tonight
),

summed as (
    select
        person_id,
        happened_at,
        sum(fading * power(2.0, half_lives)) over sofar * power(2.0, -half_lives) + sum(kept) over sofar as points
    from counted
    window sofar as (partition by person_id order by happened_at nulls last rows between unbounded preceding and current row)
)

select
    summed.person_id,
    summed.happened_at as scored_at,
    round(summed.points + coalesce(standing.points, 0), 3) as score
from summed
left join standing on summed.person_id = standing.person_id
