with source as (
    select * from {{ source('raw_chargebee', 'subscriptions') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id,
        customer_id,
        status,
        currency,
        plan_id,
        try_cast(plan_quantity as decimal(18, 4)) as plan_quantity,
        try_cast(plan_unit_price as decimal(18, 4)) as plan_unit_price,
        try_cast(billing_period as bigint) as billing_period,
        billing_period_unit,
        try_cast(started_at as timestamptz) as started_at,
        try_cast(start_date as timestamptz) as start_date,
        try_cast(trial_start as timestamptz) as trial_start,
        try_cast(trial_end as timestamptz) as trial_end,
        try_cast(current_term_start as timestamptz) as current_term_start,
        try_cast(current_term_end as timestamptz) as current_term_end,
        try_cast(cancelled_at as timestamptz) as cancelled_at,
        cancel_reason,
        try_cast(pause_date as timestamptz) as pause_date,
        try_cast(resume_date as timestamptz) as resume_date,
        addons,
        coupon_ids,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
