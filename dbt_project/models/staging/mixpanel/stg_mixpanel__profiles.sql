with source as (
    select * from {{ source('raw_mixpanel', 'profiles') }}
),

typed as (
    select
        'mixpanel' as source,
        _instance as instance,
        'profiles' as table_name,
        user_id as record_key,
        user_id,
        email,
        name,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
