with source as (
    select * from {{ source('raw_intercom', 'conversations') }}
),

typed as (
    select
        'intercom' as source,
        _instance as instance,
        'conversations' as table_name,
        conversation_id as record_key,
        conversation_id,
        contact_id,
        contact_email,
        state,
        priority,
        rating,
        sla_status,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at,
        try_cast(first_reply_at as timestamptz) as first_reply_at,
        try_cast(closed_at as timestamptz) as closed_at
    from source
)

select * from typed
