with source as (
    select * from {{ source('raw_intercom', 'contacts') }}
),

typed as (
    select
        'intercom' as source,
        _instance as instance,
        'contacts' as table_name,
        contact_id as record_key,
        contact_id,
        external_id,
        name,
        email,
        phone,
        role,
        company_id,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
