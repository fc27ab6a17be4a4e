-- Money given back: the tool's own refunds, and for a payment without one what its record says was refunded.
with payments as (
    select * from {{ ref('fct_payments') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

own_refunds as (
    select
        refunds.source || ':' || refunds.instance || ':' || refunds.record_key as refund_id,
        refunds.source || ':' || refunds.instance || ':' || refunds.payment_key as payment_id,
        payments.invoice_id,
        coalesce(accounts.account_id, payments.account_id, 'unassigned') as account_id,
        refunds.source,
        refunds.instance,
        refunds.table_name,
        refunds.record_key,
        refunds.currency,
        refunds.amount,
        refunds.refunded_at as paid_at
    from {{ ref('int_refunds') }} as refunds
    left join payments
        on refunds.source = payments.source and refunds.instance = payments.instance and refunds.payment_key = payments.record_key
    left join accounts
        on refunds.source = accounts.source and refunds.instance = accounts.instance
        and refunds.customer_table = accounts.table_name and refunds.customer_key = accounts.record_key
    where coalesce(refunds.status, 'succeeded') not in ('failed', 'failure', 'canceled', 'cancelled', 'voided')
),

told_by_payment as (
    select * from payments
    where (coalesce(amount_refunded, 0) > 0 or lower(status) in ('refund', 'refunded'))
        and payment_id not in (select payment_id from own_refunds where payment_id is not null)
)

select * from own_refunds
union all
select
    payment_id || ':refund',
    payment_id,
    invoice_id,
    account_id,
    source,
    instance,
    table_name,
    record_key,
    currency,
    cast(case when coalesce(amount_refunded, 0) > 0 then amount_refunded else abs(amount) end as decimal(18, 4)),
    paid_at
from told_by_payment
