with source as (
    select * from {{ source('raw_zendesk', 'users') }}
),

typed as (
    select
        'zendesk' as source,
        _instance as instance,
        'users' as table_name,
        user_id as record_key,
        user_id,
        name,
        email,
        phone,
        role,
        organization_id,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
