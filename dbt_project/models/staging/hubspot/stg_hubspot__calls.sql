with source as (
    select * from {{ source('raw_hubspot', 'calls') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'calls' as table_name,
        call_id as record_key,
        call_id,
        owner_name,
        title,
        direction,
        status,
        outcome,
        record_source,
        contact_ids,
        company_ids,
        deal_ids,
        try_cast(occurred_at as timestamptz) as occurred_at
    from source
)

select * from typed
