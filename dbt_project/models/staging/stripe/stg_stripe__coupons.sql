with source as (
    select * from {{ source('raw_stripe', 'coupons') }}
),

conformed as (
    select
        'stripe' as source,
        _instance as instance,
        'coupons' as table_name,
        coupon_id as record_key,
        try_cast(percent_off as decimal(9, 4)) as percent_off,
        try_cast(amount_off as decimal(18, 4)) as amount_off,
        currency,
        duration,
        try_cast(duration_months as integer) as duration_months
    from source
)

select * from conformed
