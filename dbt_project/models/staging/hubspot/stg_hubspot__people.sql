with records as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'companies' as company_table,
        split_part(company_id, ';', 1) as company_key,
        company_ids as other_company_keys,
        company_name,
        email,
        trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as full_name,
        first_name,
        last_name,
        phone,
        job_title as title,
        country,
        owner_name as owner_key,
        owner_assigned_at as assigned_at,
        lifecycle_stage,
        lead_status,
        lead_score,
        source_channel,
        created_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
