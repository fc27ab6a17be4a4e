with source as (
    select * from {{ source('raw_chargebee', 'item_prices') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'item_prices' as table_name,
        item_price_id as record_key,
        item_price_id,
        item_id,
        item_type,
        name,
        currency,
        try_cast(price as decimal(18, 4)) as price,
        try_cast(period as bigint) as period,
        period_unit,
        pricing_model
    from source
)

select * from typed
