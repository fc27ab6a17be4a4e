-- What the tools themselves call the stage of a record, through the company's stage map: stages, and endings of a pass.
with stage_map as (
    select * from {{ ref('int_company__stage_map') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

people as (
    select * from {{ ref('xref_people') }}
),

lifecycle as (
    select
        marks.*,
        -- what the first export showed was entered some day before; a later change was seen within one night
        marks.evidence <> 'snapshot' or marks.entered_at > min(marks.entered_at) filter (where marks.evidence = 'snapshot') over (
            partition by marks.source, marks.instance, marks.entity_table
        ) as is_dated
    from {{ ref('int_lifecycle_marks') }} as marks
    where marks.entered_at is not null
),

of_records as (
    select
        accounts.account_id,
        people.person_id,
        'new_business' as pass_kind,
        cast(null as varchar) as deal_id,
        stage_map.stage,
        lifecycle.stage as tool_stage,
        lifecycle.entered_at,
        lifecycle.evidence,
        lifecycle.is_dated,
        lifecycle.source,
        lifecycle.instance,
        lifecycle.entity_table as table_name,
        lifecycle.entity_key as record_key,
        lifecycle.field
    from lifecycle
    inner join stage_map
        on lifecycle.source = stage_map.source and stage_map.entity = case lifecycle.field when 'tag' then 'tag' else 'lifecycle' end
        and stage_map.pipeline = 'any' and stage_map.stage <> 'none'
        and lower(trim(lifecycle.stage)) = stage_map.tool_stage
    inner join accounts
        on lifecycle.source = accounts.source and lifecycle.instance = accounts.instance
        and lifecycle.entity_table = accounts.table_name and lifecycle.entity_key = accounts.record_key
    left join people
        on lifecycle.source = people.source and lifecycle.instance = people.instance
        and lifecycle.entity_table = people.table_name and lifecycle.entity_key = people.record_key
),

of_deals as (
    select
        deals.account_id,
        cast(null as varchar) as person_id,
        case when deals.deal_type = 'new' then 'new_business' else 'customer' end as pass_kind,
        deals.deal_id,
        coalesce(of_pipeline.stage, of_any.stage) as stage,
        marks.stage as tool_stage,
        marks.entered_at,
        marks.evidence,
        true as is_dated,
        deals.source,
        deals.instance,
        deals.table_name,
        deals.record_key,
        marks.field
    from {{ ref('int_deal_stage_marks') }} as marks
    inner join {{ ref('fct_deals') }} as deals
        on marks.source = deals.source and marks.instance = deals.instance
        and marks.deal_table = deals.table_name and marks.deal_key = deals.record_key
    left join stage_map as of_pipeline
        on marks.source = of_pipeline.source and of_pipeline.entity = 'deal' and lower(trim(marks.stage)) = of_pipeline.tool_stage
        and lower(trim(deals.pipeline)) = of_pipeline.pipeline and of_pipeline.pipeline <> 'any'
    left join stage_map as of_any
        on marks.source = of_any.source and of_any.entity = 'deal' and lower(trim(marks.stage)) = of_any.tool_stage
        and of_any.pipeline = 'any'
    where marks.entered_at is not null and deals.account_id is not null
        and coalesce(of_pipeline.stage, of_any.stage) <> 'none'
        -- the stage in which a deal stands does not win it where its tool says that it is not won
        and not (coalesce(of_pipeline.stage, of_any.stage) = 'won' and lower(trim(marks.stage)) = lower(trim(deals.stage)) and not deals.is_won)
)

select * from of_records
union all
select * from of_deals
