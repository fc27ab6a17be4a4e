with source as (
    select * from {{ source('raw_stripe', 'plans') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'plans' as table_name,
        plan_id as record_key,
        product_id,
        nickname,
        currency,
        try_cast(amount as decimal(18, 4)) as unit_amount,
        interval,
        try_cast(interval_count as bigint) as interval_count,
        usage_type,
        'recurring' as price_type
    from source
)

select * from typed
