with records as (
    select * from {{ ref('stg_zapier__rows') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        email,
        company as company_name,
        name as full_name,
        note,
        amount,
        currency,
        created_at
    from records
)

select * from conformed
