with source as (
    select * from {{ source('raw_stripe', 'customers') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'customers' as table_name,
        customer_id as record_key,
        customer_id,
        name,
        email,
        phone,
        country,
        currency,
        crm_company_id,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
