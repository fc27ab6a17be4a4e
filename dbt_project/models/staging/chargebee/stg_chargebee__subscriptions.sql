with records as (
    select * from {{ ref('stg_chargebee__subscriptions_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'customers' as customer_table,
        customer_id as customer_key,
        status,
        currency,
        created_at,
        coalesce(started_at, start_date) as started_at,
        trial_start,
        trial_end,
        current_term_start,
        current_term_end,
        cancelled_at as cancel_requested_at,
        -- transferred: the same customer goes on in another entity, under a subscription of its own
        case when status = 'cancelled' then cancelled_at when status = 'transferred' then coalesce(cancelled_at, updated_at) end as ended_at,
        coalesce(cancel_reason, case when status = 'transferred' then 'transferred' end) as cancel_reason,
        pause_date as pause_from,
        resume_date as pause_to,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
