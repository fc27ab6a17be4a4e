with units as (
    select * from {{ ref('int_unit_stages') }}
),

night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

joints as (
    select * from (
        values
            ('account', 'lead', 2, 'mql', 3), ('account', 'mql', 3, 'sal', 4), ('account', 'sal', 4, 'sql', 5),
            ('account', 'sql', 5, 'opportunity', 6), ('account', 'opportunity', 6, 'won', 7), ('account', 'won', 7, 'billed', 8),
            ('account', 'lead', 2, 'won', 7), ('account', 'lead', 2, 'billed', 8),
            ('person', 'lead', 2, 'mql', 3), ('person', 'mql', 3, 'sql', 5), ('lead', 'lead', 2, 'won', 7)
    ) as joint (unit, stage, stage_rank, next_stage, next_rank)
),

windows as (
    select {{ var('conversion_window_days') }} as window_days
    union all
    select null
),

-- a stage that was skipped is passed when a later one is entered
reached as (
    select
        joints.unit, joints.stage, joints.next_stage, units.unit_id, units.segment, units.channel, units.legal_entity, units.path,
        units.entered_at,
        min(later.entered_at) as reached_at
    from joints
    inner join units on joints.unit = units.unit and joints.stage = units.stage
    left join units as later
        on units.unit = later.unit and units.unit_id = later.unit_id and later.stage_rank >= joints.next_rank
    group by all
),

cohorts as (
    select
        cast(date_trunc('month', {{ reporting_date('entered_at') }}) as date) as month,
        segment, channel, legal_entity, path, unit, stage, next_stage,
        'cohort' as basis,
        windows.window_days,
        count(*) as entered,
        count(*) filter (
            where reached_at is not null
                and (windows.window_days is null or reached_at <= entered_at + to_days(windows.window_days))
        ) as converted,
        -- of those that converted only: greatest() skips a null
        median(greatest(date_diff('hour', entered_at, reached_at), 0)) filter (
            where reached_at is not null
                and (windows.window_days is null or reached_at <= entered_at + to_days(windows.window_days))
        ) as median_hours
    from reached
    cross join windows
    group by all
),

entries as (
    select cast(date_trunc('month', {{ reporting_date('entered_at') }}) as date) as month, unit, stage, segment, channel,
        legal_entity, path, count(*) as entered
    from units
    group by all
),

same_period as (
    select
        entries.month, entries.segment, entries.channel, entries.legal_entity, entries.path, entries.unit, entries.stage,
        joints.next_stage,
        'same_period' as basis,
        cast(null as integer) as window_days,
        entries.entered,
        coalesce(later.entered, 0) as converted,
        cast(null as double) as median_hours
    from entries
    inner join joints on entries.unit = joints.unit and entries.stage = joints.stage
    left join entries as later
        on entries.month = later.month and entries.unit = later.unit and joints.next_stage = later.stage
        and entries.segment = later.segment and entries.channel = later.channel
        and entries.legal_entity = later.legal_entity and entries.path = later.path
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
