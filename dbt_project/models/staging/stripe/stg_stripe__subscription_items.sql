with records as (
    select * from {{ ref('stg_stripe__subscription_items_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        subscription_id as subscription_key,
        price_id as price_key,
        product_id as product_key,
        currency,
        coalesce(quantity, 1) as quantity,
        unit_amount,
        cast(cast(coalesce(quantity, 1) as decimal(19, 4)) * cast(unit_amount as decimal(19, 4)) as decimal(18, 4)) as amount,
        interval as interval_unit,
        interval_count,
        interval is not null as is_recurring,
        usage_type
    from records
)

select * from conformed
