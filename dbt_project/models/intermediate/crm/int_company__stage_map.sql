-- The company's own map whole, if there is one; else the defaults. A stage may mean something of its own in one pipeline of deals.
with given as (
    select source, entity, pipeline, tool_stage, stage from {{ ref('stg_company__stage_map') }}
),

defaults as (
    select source, entity, 'any' as pipeline, tool_stage, stage from {{ ref('company__stage_map') }}
),

chosen as (
    select * from given
    union all
    select * from defaults where not exists (select 1 from given)
)

select source, entity, lower(trim(pipeline)) as pipeline, lower(trim(tool_stage)) as tool_stage, stage from chosen
