select
    'zuora' as source,
    _instance as instance,
    'invoices' as table_name,
    invoice_id as record_key,
    'accounts' as customer_table,
    account_id as customer_key,
    number,
    case when status = 'Posted' then 'paid' when status in ('Canceled', 'Error') then 'void' else 'draft' end as status,
    currency,
    try_cast(invoice_date as timestamptz) as issued_at,
    try_cast(due_date as timestamptz) as due_at,
    try_cast(posted_date as timestamptz) as paid_at,
    try_cast(amount as decimal(18, 4)) as total,
    try_cast(tax as decimal(18, 4)) as tax,
    try_cast(amount as decimal(18, 4)) as amount_due,
    try_cast(paid as decimal(18, 4)) as amount_paid,
    false as is_deleted
from {{ source('raw_zuora', 'invoices') }}
