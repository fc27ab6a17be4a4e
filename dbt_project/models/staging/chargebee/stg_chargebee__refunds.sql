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
        refunded_transaction_id as payment_key,
        case status when 'success' then 'succeeded' when 'failure' then 'failed' when 'in_progress' then 'pending' else status end as status,
        error_text as reason,
        currency,
        amount,
        paid_at as refunded_at
    from records
    where transaction_type in ('refund', 'payment_reversal')
)

select * from conformed
