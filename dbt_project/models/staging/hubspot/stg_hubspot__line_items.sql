with source as (
    select * from {{ source('raw_hubspot', 'line_items') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'line_items' as table_name,
        line_id as record_key,
        line_id,
        product_id,
        name,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_price as decimal(18, 4)) as unit_price,
        try_cast(amount as decimal(18, 4)) as amount,
        currency,
        deal_ids
    from source
)

select * from typed
