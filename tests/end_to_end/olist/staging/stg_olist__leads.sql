with source as (
    select * from {{ source('raw_olist', 'qualified_leads') }}
),

renamed as (
    select
        'olist' as source,
        _instance as instance,
        'qualified_leads' as table_name,
        mql_id as record_key,
        origin as source_channel,
        try_cast(first_contact_date as timestamptz) as first_contact_at,
        try_cast(first_contact_date as timestamptz) as created_at,
        false as is_deleted
    from source
)

select * from renamed
