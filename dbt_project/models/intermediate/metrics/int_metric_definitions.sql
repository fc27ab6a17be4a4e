-- Every definition that a metric ever had, by the night on which it was first published.
with earlier as (
    select night, metric, version, definition from {{ source('state', 'metric_definitions') }}
),

last_known as (
    select metric, arg_max(version, night) as version, arg_max(definition, night) as definition from earlier group by metric
),

stated as (
    {{ metric_definitions() }}
),

tonight as (
    select night.night, stated.metric, stated.version, stated.definition
    from stated
    cross join {{ source('ops', 'night') }} as night
    left join last_known on stated.metric = last_known.metric
    where last_known.metric is null or last_known.version <> stated.version or last_known.definition <> stated.definition
)

select * from earlier
union all
select * from tonight
