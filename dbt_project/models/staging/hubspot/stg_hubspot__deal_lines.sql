with records as (
    select * from {{ ref('stg_hubspot__line_items') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'deals' as deal_table,
        nullif(trim(split_part(deal_ids, ';', 1)), '') as deal_key,
        product_id as product_key,
        name as product_name,
        quantity,
        unit_price as unit_amount,
        coalesce(amount, cast(quantity * unit_price as decimal(18, 4))) as amount,
        currency
    from records
)

select * from conformed
