with records as (
    select * from {{ ref('stg_chargebee__customers_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        coalesce(company, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) as name,
        company as company_name,
        email,
        first_name,
        last_name,
        phone,
        country,
        currency,
        crm_company_id as crm_reference,
        created_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
