-- Deals of all tools. Whether one is closed or won its tool's own mark says; where the export has none, the company's stage map.
with stated as (
    select * from {{ ref('int_stated_deals') }}
),

stage_map as (
    select * from {{ ref('int_company__stage_map') }} where entity = 'deal'
),

mapped as (
    select stated.*, coalesce(of_pipeline.stage, of_any.stage) as meaning
    from stated
    left join stage_map as of_pipeline
        on stated.source = of_pipeline.source and lower(trim(stated.stage)) = of_pipeline.tool_stage
        and lower(trim(stated.pipeline)) = of_pipeline.pipeline and of_pipeline.pipeline <> 'any'
    left join stage_map as of_any
        on stated.source = of_any.source and lower(trim(stated.stage)) = of_any.tool_stage and of_any.pipeline = 'any'
),

-- a stage may close a deal of which the tool says nothing, but not win one that the tool calls not won
decided as (
    select
        mapped.* exclude (meaning) replace (
            coalesce(is_won, meaning = 'won', false) as is_won,
            coalesce(is_closed, nullif(is_won, false), meaning = 'lost' or (meaning = 'won' and is_won is null), false) as is_closed
        )
    from mapped
)

-- the close date of an open deal is a forecast (expected_close)
select decided.* replace (case when is_closed or is_won then closed_at end as closed_at) from decided
