with source as (
    select * from {{ source('raw_chargebee', 'coupons') }}
),

conformed as (
    select
        'chargebee' as source,
        _instance as instance,
        'coupons' as table_name,
        coupon_id as record_key,
        case when discount_type = 'percentage' then try_cast(discount_percentage as decimal(9, 4)) end as percent_off,
        case when discount_type = 'fixed_amount' then try_cast(discount_amount as decimal(18, 4)) end as amount_off,
        currency,
        case duration_type when 'one_time' then 'once' when 'limited_period' then 'repeating' else duration_type end as duration,
        try_cast(duration_month as integer) as duration_months
    from source
)

select * from conformed
