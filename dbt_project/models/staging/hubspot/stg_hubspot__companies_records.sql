with source as (
    select * from {{ source('raw_hubspot', 'companies') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'companies' as table_name,
        company_id as record_key,
        company_id,
        name,
        domain,
        owner_name,
        industry,
        city,
        country,
        try_cast(employees as bigint) as employees,
        phone,
        lifecycle_stage,
        chargebee_customer_id,
        stripe_customer_id,
        parent_id,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at,
        try_cast(is_deleted as boolean) as is_deleted,
        date_entered
    from source
)

select * from typed
