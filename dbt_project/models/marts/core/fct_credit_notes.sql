with notes as (
    select * from {{ ref('int_credit_notes') }} where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

invoices as (
    select * from {{ ref('fct_invoices') }}
)

select
    notes.source || ':' || notes.instance || ':' || notes.record_key as credit_note_id,
    coalesce(accounts.account_id, invoices.account_id, 'unassigned') as account_id,
    notes.source || ':' || notes.instance || ':' || notes.invoice_key as invoice_id,
    notes.source,
    notes.instance,
    notes.table_name,
    notes.record_key,
    notes.number,
    notes.kind,
    notes.status,
    coalesce(notes.status in ('void', 'voided'), false) as is_void,
    notes.reason,
    notes.currency,
    notes.issued_at,
    notes.subtotal,
    cast(coalesce(notes.tax, notes.total - notes.subtotal) as decimal(18, 4)) as tax,
    notes.total,
    notes.amount_refunded
from notes
left join accounts
    on notes.source = accounts.source and notes.instance = accounts.instance
    and notes.customer_table = accounts.table_name and notes.customer_key = accounts.record_key
left join invoices
    on notes.source = invoices.source and notes.instance = invoices.instance and notes.invoice_key = invoices.record_key
