with records as (
    select * from {{ ref('stg_salesforce__accounts') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        name,
        website as domain,
        country,
        city,
        industry,
        employees as employee_count,
        phone,
        owner_id as owner_key,
        parent_id as parent_key,
        account_type as company_type,
        created_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
