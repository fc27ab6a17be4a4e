-- What each metric means, where it comes from, and what it meant before.
with stated as (
    {{ metric_definitions() }}
),

definitions as (
    select
        *,
        lag(definition) over (partition by metric order by night) as definition_before,
        lag(version) over (partition by metric order by night) as version_before
    from {{ ref('int_metric_definitions') }}
),

newest as (
    select * from definitions
    qualify row_number() over (partition by metric order by night desc) = 1
)

select
    stated.metric,
    stated.department,
    stated.definition,
    stated.unit,
    stated.better,
    stated.version,
    stated.mart,
    newest.night as defined_on,
    newest.version_before as previous_version,
    newest.definition_before as previous_definition
from stated
left join newest using (metric)
