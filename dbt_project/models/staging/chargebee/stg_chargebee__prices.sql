with records as (
    select * from {{ ref('stg_chargebee__item_prices') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        item_id as product_key,
        name as product_name,
        currency,
        price as unit_amount,
        period_unit as interval_unit,
        period as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring,
        pricing_model as usage_type
    from records
)

select * from conformed
