with records as (
    select * from {{ ref('stg_stripe__customers_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        coalesce(name, email) as name,
        cast(null as varchar) as company_name,
        email,
        phone,
        country,
        currency,
        crm_company_id as crm_reference,
        created_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
