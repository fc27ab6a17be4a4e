with source as (
    select * from {{ source('raw_company', 'stage_map') }}
),

typed as (
    select
        'company' as _owner,
        _instance as instance,
        'stage_map' as table_name,
        source || '|' || entity || '|' || pipeline || '|' || tool_stage as record_key,
        source,
        entity,
        pipeline,
        tool_stage,
        stage
    from source
)

select * from typed
