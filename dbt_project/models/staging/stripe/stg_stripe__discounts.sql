with source as (
    select * from {{ source('raw_stripe', 'subscription_discounts') }}
),

conformed as (
    select
        'stripe' as source,
        _instance as instance,
        'subscription_discounts' as table_name,
        discount_id as record_key,
        subscription_id as subscription_key,
        coupon_id as coupon_key,
        try_cast(percent_off as decimal(9, 4)) as percent_off,
        try_cast(amount_off as decimal(18, 4)) as amount_off,
        currency,
        duration,
        try_cast(starts_at as timestamptz) as starts_at,
        try_cast(ends_at as timestamptz) as ends_at
    from source
)

select * from conformed
