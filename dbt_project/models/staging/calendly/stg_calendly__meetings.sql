with records as (
    select * from {{ ref('stg_calendly__invitees') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'invitees' as person_table,
        record_key as person_key,
        invitee_email,
        invitee_name,
        host_email,
        event_type,
        starts_at,
        ends_at,
        created_at as booked_at,
        coalesce(canceled, status = 'canceled', false) as is_cancelled,
        coalesce(rescheduled, false) as is_rescheduled,
        coalesce(no_show, no_show_at is not null) as is_no_show,
        utm_source as source_channel
    from records
)

select * from conformed
