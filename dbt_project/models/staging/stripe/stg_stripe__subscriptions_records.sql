with source as (
    select * from {{ source('raw_stripe', 'subscriptions') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id,
        customer_id,
        status,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        interval,
        plan,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(start_date as timestamptz) as start_date,
        try_cast(trial_start as timestamptz) as trial_start,
        try_cast(trial_end as timestamptz) as trial_end,
        try_cast(current_period_start as timestamptz) as current_period_start,
        try_cast(current_period_end as timestamptz) as current_period_end,
        try_cast(cancel_at_period_end as boolean) as cancel_at_period_end,
        try_cast(cancel_at as timestamptz) as cancel_at,
        try_cast(canceled_at as timestamptz) as canceled_at,
        try_cast(ended_at as timestamptz) as ended_at,
        cancel_reason,
        pause_behavior,
        try_cast(pause_resumes_at as timestamptz) as pause_resumes_at
    from source
)

select * from typed
