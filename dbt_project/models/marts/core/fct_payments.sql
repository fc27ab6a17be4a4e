with payments as (
    select * from {{ ref('int_payments') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
)

select
    payments.source || ':' || payments.instance || ':' || payments.record_key as payment_id,
    coalesce(accounts.account_id, 'unassigned') as account_id,
    payments.source || ':' || payments.instance || ':' || payments.invoice_key as invoice_id,
    payments.source,
    payments.instance,
    payments.table_name,
    payments.record_key,
    payments.status,
    payments.currency,
    payments.amount,
    payments.amount_refunded,
    payments.fee,
    payments.failure_reason,
    payments.paid_at
from payments
left join accounts
    on payments.source = accounts.source and payments.instance = accounts.instance
    and payments.customer_table = accounts.table_name and payments.customer_key = accounts.record_key
