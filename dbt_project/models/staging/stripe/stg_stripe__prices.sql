with records as (
    select * from {{ ref('stg_stripe__prices_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        product_id as product_key,
        nickname as product_name,
        currency,
        unit_amount,
        interval as interval_unit,
        interval_count,
        price_type = 'recurring' as is_recurring,
        usage_type
    from records
)

select * from conformed
