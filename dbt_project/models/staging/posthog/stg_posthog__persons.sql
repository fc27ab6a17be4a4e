with source as (
    select * from {{ source('raw_posthog', 'persons') }}
),

typed as (
    select
        'posthog' as source,
        _instance as instance,
        'persons' as table_name,
        user_id as record_key,
        user_id,
        email,
        name,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
