with source as (
    select * from {{ source('raw_zendesk', 'organizations') }}
),

typed as (
    select
        'zendesk' as source,
        _instance as instance,
        'organizations' as table_name,
        organization_id as record_key,
        organization_id,
        name,
        domain,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
