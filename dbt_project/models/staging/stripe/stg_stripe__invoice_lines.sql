with records as (
    select * from {{ ref('stg_stripe__invoice_lines_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        invoice_id as invoice_key,
        subscription_id as subscription_key,
        coalesce(item_id, price_id) as item_key,
        price_id as price_key,
        description,
        currency,
        coalesce(quantity, 1) as quantity,
        unit_amount,
        amount,
        coalesce(discount_amount, 0) as discount_amount,
        cast(0 as decimal(18, 4)) as tax_amount,
        period_start,
        period_end,
        interval as interval_unit,
        interval_count,
        coalesce(is_proration, false) as is_proration,
        usage_type,
        -- newer lines do not say: null leaves it to the price
        case when interval is not null or line_type in ('subscription', 'subscription_item_details') then true end as is_recurring
    from records
)

select * from conformed
