with source as (
    select * from {{ source('raw_hubspot', 'emails') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'emails' as table_name,
        email_id as record_key,
        email_id,
        owner_name,
        title,
        direction,
        status,
        record_source,
        contact_ids,
        company_ids,
        deal_ids,
        try_cast(occurred_at as timestamptz) as occurred_at
    from source
)

select * from typed
