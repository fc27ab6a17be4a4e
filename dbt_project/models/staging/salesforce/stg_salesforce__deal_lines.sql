-- A line's own name begins with that of its opportunity; the product has the name that is sold.
with products as (
    select instance, product_id, name from {{ ref('stg_salesforce__products') }}
),

conformed as (
    select
        lines.source,
        lines.instance,
        lines.table_name,
        lines.record_key,
        'opportunities' as deal_table,
        lines.opportunity_id as deal_key,
        lines.product_id as product_key,
        coalesce(products.name, lines.name) as product_name,
        lines.quantity,
        lines.unit_price as unit_amount,
        lines.amount,
        lines.currency
    from {{ ref('stg_salesforce__opportunity_lines') }} as lines
    left join products on lines.instance = products.instance and lines.product_id = products.product_id
    where not coalesce(lines.is_deleted, false)
)

select * from conformed
