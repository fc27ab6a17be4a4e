with source as (
    select * from {{ source('raw_zendesk', 'tickets') }}
),

typed as (
    select
        'zendesk' as source,
        _instance as instance,
        'tickets' as table_name,
        ticket_id as record_key,
        ticket_id,
        requester_id,
        requester_email,
        organization_id,
        organization_name,
        status,
        priority,
        csat,
        try_cast(first_reply_minutes as decimal(18, 4)) as first_reply_minutes,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at,
        try_cast(solved_at as timestamptz) as solved_at
    from source
)

select * from typed
