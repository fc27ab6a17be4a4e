with source as (
    select * from {{ source('raw_stripe', 'subscription_items') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'subscription_items' as table_name,
        item_id as record_key,
        item_id,
        subscription_id,
        price_id,
        product_id,
        currency,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_amount as decimal(18, 4)) as unit_amount,
        interval,
        try_cast(interval_count as bigint) as interval_count,
        usage_type
    from source
)

select * from typed
