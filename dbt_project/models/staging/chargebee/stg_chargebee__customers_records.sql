with source as (
    select * from {{ source('raw_chargebee', 'customers') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'customers' as table_name,
        customer_id as record_key,
        customer_id,
        first_name,
        last_name,
        email,
        phone,
        company,
        country,
        currency,
        crm_company_id,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
