with source as (
    select * from {{ source('raw_salesforce', 'users') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'users' as table_name,
        user_id as record_key,
        user_id,
        name,
        first_name,
        last_name,
        email,
        department,
        manager_id,
        try_cast(is_active as boolean) as is_active
    from source
)

select * from typed
