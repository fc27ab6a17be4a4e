with source as (
    select * from {{ source('raw_salesforce', 'accounts') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'accounts' as table_name,
        account_id as record_key,
        account_id,
        try_cast(is_deleted as boolean) as is_deleted,
        master_record_id,
        name,
        account_type,
        parent_id,
        city,
        country,
        phone,
        website,
        industry,
        try_cast(employees as bigint) as employees,
        owner_id,
        stripe_customer_id,
        chargebee_customer_id,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
