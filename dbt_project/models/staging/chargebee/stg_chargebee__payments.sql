with records as (
    select * from {{ ref('stg_chargebee__transactions') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'customers' as customer_table,
        customer_id as customer_key,
        invoice_id as invoice_key,
        case status when 'success' then 'succeeded' when 'failure' then 'failed' when 'in_progress' then 'pending' else status end as status,
        currency,
        amount,
        cast(0 as decimal(18, 4)) as amount_refunded,
        error_text as failure_reason,
        paid_at
    from records
    where coalesce(transaction_type, 'payment') = 'payment'
)

select * from conformed
