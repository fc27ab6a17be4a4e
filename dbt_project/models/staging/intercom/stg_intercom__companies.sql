with source as (
    select * from {{ source('raw_intercom', 'companies') }}
),

typed as (
    select
        'intercom' as source,
        _instance as instance,
        'companies' as table_name,
        company_id as record_key,
        company_id,
        external_id,
        name,
        website,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
