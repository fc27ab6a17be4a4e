with refunds as (
    select * from {{ ref('fct_payments') }} where coalesce(amount_refunded, 0) > 0 or lower(status) in ('refund', 'refunded')
)

select
    payment_id || ':refund' as refund_id,
    payment_id,
    invoice_id,
    account_id,
    source,
    instance,
    table_name,
    record_key,
    currency,
    cast(case when coalesce(amount_refunded, 0) > 0 then amount_refunded else abs(amount) end as decimal(18, 4)) as amount,
    paid_at
from refunds
