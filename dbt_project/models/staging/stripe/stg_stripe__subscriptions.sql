with records as (
    select * from {{ ref('stg_stripe__subscriptions_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'customers' as customer_table,
        customer_id as customer_key,
        {{ stripe_subscription_status() }} as status,
        currency,
        created_at,
        coalesce(start_date, created_at) as started_at,
        trial_start,
        trial_end,
        current_period_start as current_term_start,
        coalesce(cancel_at, current_period_end) as current_term_end,
        canceled_at as cancel_requested_at,
        ended_at,
        cancel_reason,
        false as is_deleted
    from records
)

select * from conformed
