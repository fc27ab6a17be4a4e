with lines as (
    select * from {{ ref('int_invoice_lines') }}
),

invoices as (
    select * from {{ ref('fct_invoices') }}
)

select
    lines.source || ':' || lines.instance || ':' || lines.record_key as line_id,
    invoices.invoice_id,
    invoices.account_id,
    invoices.subscription_id,
    lines.source,
    lines.instance,
    lines.table_name,
    lines.record_key,
    lines.price_key,
    lines.description,
    lines.currency,
    lines.quantity,
    lines.amount,
    lines.discount_amount,
    lines.tax_amount,
    lines.period_start,
    lines.period_end,
    lines.is_proration,
    lines.is_recurring
from lines
inner join invoices
    on lines.source = invoices.source and lines.instance = invoices.instance and lines.invoice_key = invoices.record_key
