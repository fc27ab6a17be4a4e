with source as (
    select * from {{ source('raw_salesforce', 'contacts') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'contacts' as table_name,
        contact_id as record_key,
        contact_id,
        try_cast(is_deleted as boolean) as is_deleted,
        master_record_id,
        account_id,
        first_name,
        last_name,
        email,
        phone,
        title,
        country,
        lead_source,
        owner_id,
        try_cast(has_opted_out as boolean) as has_opted_out,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
