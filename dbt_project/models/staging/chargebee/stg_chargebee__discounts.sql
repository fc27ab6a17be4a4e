with source as (
    select * from {{ source('raw_chargebee', 'subscription_coupons') }}
),

conformed as (
    select
        'chargebee' as source,
        _instance as instance,
        'subscription_coupons' as table_name,
        subscription_id || '|' || coupon_id as record_key,
        subscription_id as subscription_key,
        coupon_id as coupon_key,
        try_cast(apply_till as timestamptz) as ends_at
    from source
)

select * from conformed
