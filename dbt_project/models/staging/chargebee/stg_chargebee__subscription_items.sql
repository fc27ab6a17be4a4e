with records as (
    select * from {{ ref('stg_chargebee__subscription_items_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        subscription_id as subscription_key,
        item_price_id as price_key,
        item_price_id as product_key,
        currency,
        quantity,
        unit_price as unit_amount,
        amount,
        billing_period_unit as interval_unit,
        billing_period as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring
    from records
)

select * from conformed
