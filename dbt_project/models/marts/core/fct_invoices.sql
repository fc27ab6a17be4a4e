with invoices as (
    select * from {{ ref('int_invoices') }} where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('xref_accounts') }}
)

select
    invoices.source || ':' || invoices.instance || ':' || invoices.record_key as invoice_id,
    coalesce(accounts.account_id, 'unassigned') as account_id,
    invoices.source || ':' || invoices.instance || ':' || invoices.subscription_key as subscription_id,
    invoices.source,
    invoices.instance,
    invoices.table_name,
    invoices.record_key,
    invoices.number,
    invoices.status,
    invoices.currency,
    invoices.issued_at,
    invoices.due_at,
    invoices.paid_at,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    invoices.amount_due,
    invoices.amount_paid,
    invoices.amount_credited
from invoices
left join accounts
    on invoices.source = accounts.source and invoices.instance = accounts.instance
    and invoices.customer_table = accounts.table_name and invoices.customer_key = accounts.record_key
