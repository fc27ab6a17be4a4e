with source as (
    select * from {{ source('raw_hubspot', 'owners') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'owners' as table_name,
        owner_id as record_key,
        owner_id,
        email,
        first_name,
        last_name,
        team,
        try_cast(is_archived as boolean) as is_archived
    from source
)

select * from typed
