with records as (
    select * exclude (item_price_id) from {{ ref('stg_chargebee__item_prices') }}
    union all by name
    select * from {{ ref('stg_chargebee__catalogue') }}
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
        -- a tiered price has none; a flat fee is the same for any quantity and is told by the line itself
        case when coalesce(pricing_model, 'per_unit') = 'per_unit' then price end as unit_amount,
        period_unit as interval_unit,
        period as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring,
        pricing_model as usage_type
    from records
)

select * from conformed
