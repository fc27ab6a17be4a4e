with records as (
    select * from {{ ref('stg_chargebee__invoice_lines_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        invoice_id as invoice_key,
        subscription_id as subscription_key,
        -- a subscription has one plan at a time, whatever it is swapped for
        case when entity_type in ('plan', 'plan_item_price') then 'plan' else entity_id end as item_key,
        entity_id as price_key,
        description,
        currency,
        quantity,
        cast(null as decimal(18, 4)) as unit_amount,
        amount,
        coalesce(discount_amount, 0) as discount_amount,
        coalesce(tax_amount, 0) as tax_amount,
        date_from as period_start,
        date_to as period_end,
        amount < 0 or description ilike '%prorat%' as is_proration,
        case when is_metered then 'metered' end as usage_type,
        coalesce(entity_type, 'plan') not in ('charge_item_price', 'adhoc', 'plan_setup') as is_recurring
    from records
)

select * from conformed
