with prices as (
    select * from {{ ref('stg_stripe__prices_records') }}
),

-- plans are what prices were called before: many accounts list them under both names
records as (
    select * exclude (price_id) from prices
    union all by name
    select plans.* from {{ ref('stg_stripe__plans') }} as plans
    anti join prices on plans.instance = prices.instance and plans.record_key = prices.record_key
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
