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
        coalesce(lines.unit_amount, prices.unit_amount) as unit_amount,
        lines.amount,
        coalesce(lines.discount_amount, 0) as discount_amount,
        coalesce(lines.is_proration, false) as is_proration,
        lines.amount < 0 as is_credit,
        lines.period_start,
        lines.period_end,
        coalesce(lines.interval_unit, prices.interval_unit) as interval_unit,
        coalesce(lines.interval_count, prices.interval_count) as interval_count,
        coalesce(coalesce(lines.usage_type, prices.usage_type) = 'metered', false) as is_metered
    from {{ ref('int_invoice_lines') }} as lines
    inner join invoices
        on lines.source = invoices.source and lines.instance = invoices.instance and lines.invoice_key = invoices.record_key
    left join prices
        on lines.source = prices.source and lines.instance = prices.instance and lines.price_key = prices.record_key
    where coalesce(lines.is_recurring, prices.is_recurring, false) and coalesce(prices.is_recurring, true)
        and lines.subscription_key is not null and lines.amount is not null and lines.period_end > lines.period_start
),

-- nearly every charge is one line: only what an invoice says twice of an item is looked at for tiers
said_twice as (
    select hash(source, instance, invoice_key, subscription_key, item_key) as item_hash
    from lines
    group by hash(source, instance, invoice_key, subscription_key, item_key)
    having count(*) > 1
),

lines_alone as (
    select lines.*
    from lines
    anti join said_twice
        on hash(lines.source, lines.instance, lines.invoice_key, lines.subscription_key, lines.item_key) = said_twice.item_hash
),

lines_in_company as (
    select lines.*
    from lines
    semi join said_twice
        on hash(lines.source, lines.instance, lines.invoice_key, lines.subscription_key, lines.item_key) = said_twice.item_hash
),

added_up as (
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
        cast(null as decimal(18, 4)) as unit_amount,
        cast(case when count(*) = count(unit_amount)
            then sum(cast(quantity * cast(unit_amount as decimal(19, 4)) as decimal(18, 4))) end as decimal(18, 4)) as list_amount,
        any_value(interval_unit) as interval_unit,
        any_value(interval_count) as interval_count,
        bool_or(is_metered) as is_metered
    from lines_in_company
    group by
        source, instance, subscription_key, item_key, currency, period_start, period_end, is_proration, is_credit,
        invoice_key, price_key
),

-- what its units cost is worked out where it is needed, for a part of a period
charges as (
    select *, cast(null as decimal(18, 4)) as list_amount from lines_alone
    union all by name
    select * from added_up
)

select
    source, instance, table_name, record_key, subscription_key, item_key, price_key, currency, period_start, period_end, issued_at,
    quantity, amount, discount_amount, unit_amount, list_amount, is_proration, is_credit, is_metered, interval_unit, interval_count
from charges
