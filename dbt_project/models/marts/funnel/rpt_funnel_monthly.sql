with units as (
    select * from {{ ref('int_unit_stages') }}
),

night as (
    select night from {{ source('ops', 'night') }}
),

joints as (
    {{ funnel_joints() }}
),

windows as (
    select {{ var('conversion_window_days') }} as window_days
    union all
    select null
),

-- a stage that was skipped is passed when a later one is entered; of milestones only the one itself counts
passed as (
    select
        joints.stage, joints.next_stage, units.unit, units.unit_id, units.path,
        min(later.entered_at) as reached_at,
        -- a day that was only inferred tells no duration; one stage seen on that day is enough
        min(later.entered_at) filter (where later.is_inferred is not true) is distinct from min(later.entered_at) as is_inferred
    from units
    inner join joints on units.unit = joints.unit and units.path = joints.path and units.stage = joints.stage
    inner join units as later
        on units.unit = later.unit and units.unit_id = later.unit_id and units.path = later.path
        and (later.stage = joints.next_stage or (not joints.is_exact and later.stage_rank between joints.next_rank and 8))
    group by joints.stage, joints.next_stage, units.unit, units.unit_id, units.path
),

reached as (
    select
        joints.stage, joints.next_stage,
        units.unit, units.unit_id, units.segment, units.channel, units.owner_id, units.legal_entity, units.path, units.entered_at,
        passed.reached_at,
        coalesce(units.is_inferred, false) or coalesce(passed.is_inferred, false) as is_inferred
    from units
    inner join joints on units.unit = joints.unit and units.path = joints.path and units.stage = joints.stage
    left join passed
        on units.unit = passed.unit and units.unit_id = passed.unit_id and units.path = passed.path
        and units.stage = passed.stage and joints.next_stage = passed.next_stage
),

in_window as (
    select
        reached.*,
        windows.window_days,
        reached_at is not null and (windows.window_days is null or reached_at <= entered_at + to_days(windows.window_days)) as is_converted
    from reached
    cross join windows
),

cohorts as (
    select
        cast(date_trunc('month', {{ reporting_date('entered_at') }}) as date) as month,
        segment, channel, owner_id, legal_entity, path, unit, stage, next_stage,
        'cohort' as basis,
        window_days,
        count(*) as entered,
        count(*) filter (where is_converted) as converted,
        -- of those that converted only: greatest() skips a null
        median(greatest(date_diff('hour', entered_at, reached_at), 0)) filter (where is_converted and not is_inferred) as median_hours
    from in_window
    group by all
),

entries as (
    select cast(date_trunc('month', {{ reporting_date('entered_at') }}) as date) as month, unit, stage, segment, channel, owner_id,
        legal_entity, path, count(*) as units
    from units
    group by all
),

both_ends as (
    select entries.*, joints.stage as from_stage, joints.next_stage, units as entered, 0 as converted
    from entries
    inner join joints on entries.unit = joints.unit and entries.path = joints.path and entries.stage = joints.stage
    union all
    select entries.*, joints.stage, joints.next_stage, 0, units
    from entries
    inner join joints on entries.unit = joints.unit and entries.path = joints.path and entries.stage = joints.next_stage
),

same_period as (
    select
        month, segment, channel, owner_id, legal_entity, path, unit, from_stage as stage, next_stage,
        'same_period' as basis,
        cast(null as integer) as window_days,
        sum(entered) as entered,
        sum(converted) as converted,
        cast(null as double) as median_hours
    from both_ends
    group by month, segment, channel, owner_id, legal_entity, path, unit, from_stage, next_stage
),

both_bases as (
    select * from cohorts
    union all
    select * from same_period
)

select
    both_bases.month,
    segment,
    channel,
    owner_id,
    legal_entity,
    path,
    unit,
    stage,
    next_stage,
    basis,
    cast(window_days as integer) as window_days,
    window_days is not null and last_day(both_bases.month) + window_days <= night.night as is_mature,
    cast(entered as bigint) as entered,
    cast(converted as bigint) as converted,
    converted / nullif(entered, 0) as conversion_rate,
    median_hours / 24 as median_days
from both_bases
cross join night
