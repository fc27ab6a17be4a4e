-- Each segment's size by night, with who came and went: only nights on which something changed, and tonight.
with events as (
    select * from {{ ref('int_segment_events') }}
),

segments as (
    select distinct segment_id from {{ ref('int_company__segments') }}
    union
    select distinct segment_id from events
),

changes as (
    select night, segment_id, count(case when change = 'entered' then 1 end) as entered, count(case when change = 'left' then 1 end) as exited
    from events
    group by night, segment_id
),

with_tonight as (
    select * from changes
    union all
    select night.night, segments.segment_id, 0 as entered, 0 as exited
    from segments
    cross join {{ source('ops', 'night') }} as night
    where not exists (select 1 from changes where changes.night = night.night and changes.segment_id = segments.segment_id)
)

select
    night,
    segment_id,
    cast(sum(entered - exited) over (partition by segment_id order by night rows between unbounded preceding and current row) as bigint) as members,
    cast(entered as bigint) as entered,
    cast(exited as bigint) as exited
from with_tonight
