with records as (
    select * from {{ ref('stg_hubspot__companies_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        name,
        domain,
        country,
        city,
        industry,
        employees as employee_count,
        phone,
        owner_name as owner_key,
        parent_id as parent_key,
        lifecycle_stage,
        created_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
