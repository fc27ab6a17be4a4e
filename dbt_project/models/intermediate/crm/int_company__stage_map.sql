-- The company's own map whole, if there is one; else the defaults.
with given as (
    select source, entity, lower(tool_stage) as tool_stage, stage from {{ ref('stg_company__stage_map') }}
),

defaults as (
    select source, entity, lower(tool_stage) as tool_stage, stage from {{ ref('company__stage_map') }}
)

select * from given
union all
select * from defaults where not exists (select 1 from given)
