with source as (
    select * from {{ source('raw_stripe', 'prices') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'prices' as table_name,
        price_id as record_key,
        price_id,
        product_id,
        nickname,
        currency,
        try_cast(unit_amount as decimal(18, 4)) as unit_amount,
        interval,
        try_cast(interval_count as bigint) as interval_count,
        usage_type,
        price_type
    from source
)

select * from typed
