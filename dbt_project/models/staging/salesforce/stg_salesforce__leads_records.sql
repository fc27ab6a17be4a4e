with source as (
    select * from {{ source('raw_salesforce', 'leads') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'leads' as table_name,
        lead_id as record_key,
        lead_id,
        try_cast(is_deleted as boolean) as is_deleted,
        first_name,
        last_name,
        title,
        company,
        country,
        phone,
        email,
        website,
        lead_source,
        status,
        owner_id,
        try_cast(is_converted as boolean) as is_converted,
        try_cast(converted_at as timestamptz) as converted_at,
        converted_account_id,
        converted_contact_id,
        converted_opportunity_id,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
