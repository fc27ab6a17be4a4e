with source as (
    select * from {{ source('raw_calendly', 'invitees') }}
),

typed as (
    select
        'calendly' as source,
        _instance as instance,
        'invitees' as table_name,
        invitee_id as record_key,
        invitee_id,
        event_id,
        invitee_name,
        invitee_email,
        host_email,
        event_type,
        try_cast(starts_at as timestamptz) as starts_at,
        try_cast(ends_at as timestamptz) as ends_at,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(canceled as boolean) as canceled,
        status,
        try_cast(rescheduled as boolean) as rescheduled,
        try_cast(no_show as boolean) as no_show,
        try_cast(no_show_at as timestamptz) as no_show_at,
        utm_source,
        salesforce_id
    from source
)

select * from typed
