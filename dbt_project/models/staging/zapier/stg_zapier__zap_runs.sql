with records as (
    select * from {{ ref('stg_zapier__runs') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        zap_id as zap_key,
        zap_title,
        status,
        started_at,
        ended_at
    from records
)

select * from conformed
