with history as (
    select
        subscription_id,
        _instance,
        _night,
        _change,
        status,
        try_cast(cancel_at_period_end as boolean) as cancel_at_period_end,
        cancel_at,
        pause_behavior
    from {{ source('history_stripe', 'subscriptions') }}
),

conformed as (
    select
        'stripe' as source,
        _instance as instance,
        'subscriptions' as table_name,
        subscription_id as record_key,
        subscription_id as subscription_key,
        -- collection on hold is not a pause of service: which policy counts it is the policy's to say
        case
            when pause_behavior is not null and status in ('active', 'past_due') then 'collection_paused'
            else {{ stripe_subscription_status() }}
        end as status,
        _night as seen_on,
        _change as change
    from history
)

select * from conformed
