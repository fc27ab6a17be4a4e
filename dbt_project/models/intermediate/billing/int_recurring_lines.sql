-- What invoices charge and credit for each subscription item and span: the lines of one price's tiers are one charge.
with invoices as (
    select source, instance, record_key, status, issued_at from {{ ref('int_invoices') }}
    where status not in ('draft', 'void', 'voided') and not coalesce(is_deleted, false)
),

prices as (
    select * from {{ ref('int_prices') }}
),

lines as (
    select
        lines.source,
        lines.instance,
        lines.table_name,
        lines.record_key,
        lines.subscription_key,
        coalesce(lines.item_key, lines.price_key, 'item') as item_key,
        lines.price_key,
        lines.invoice_key,
        invoices.issued_at,
        lines.currency,
        coalesce(lines.quantity, 1) as quantity,
        lines.amount,
        coalesce(lines.discount_amount, 0) as discount_amount,
        cast(coalesce(lines.quantity, 1) * cast(coalesce(lines.unit_amount, prices.unit_amount) as decimal(19, 4)) as decimal(18, 4)) as list_amount,
        coalesce(lines.is_proration, false) as is_proration,
        lines.amount < 0 as is_credit,
        lines.period_start,
        lines.period_end,
        coalesce(lines.interval_unit, prices.interval_unit) as interval_unit,
        coalesce(lines.interval_count, prices.interval_count) as interval_count,
        coalesce(lines.usage_type, prices.usage_type) = 'metered' as is_metered
    from {{ ref('int_invoice_lines') }} as lines
    inner join invoices
        on lines.source = invoices.source and lines.instance = invoices.instance and lines.invoice_key = invoices.record_key
    left join prices
        on lines.source = prices.source and lines.instance = prices.instance and lines.price_key = prices.record_key
    where coalesce(lines.is_recurring, prices.is_recurring, false) and coalesce(prices.is_recurring, true)
        and lines.subscription_key is not null and lines.amount is not null and lines.period_end > lines.period_start
),

charges as (
    select
        source,
        instance,
        subscription_key,
        item_key,
        currency,
        period_start,
        period_end,
        is_proration,
        is_credit,
        invoice_key,
        price_key,
        any_value(table_name) as table_name,
        min(record_key) as record_key,
        any_value(issued_at) as issued_at,
        sum(quantity) as quantity,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
        cast(case when count(*) = count(list_amount) then sum(list_amount) end as decimal(18, 4)) as list_amount,
        any_value(interval_unit) as interval_unit,
        any_value(interval_count) as interval_count,
        coalesce(bool_or(is_metered), false) as is_metered
    from lines
    group by
        source, instance, subscription_key, item_key, currency, period_start, period_end, is_proration, is_credit,
        invoice_key, price_key
)

select * from charges
