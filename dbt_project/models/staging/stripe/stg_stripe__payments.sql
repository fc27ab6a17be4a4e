with records as (
    select * from {{ ref('stg_stripe__charges') }}
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
        customer_email,
        case lower(status) when 'paid' then 'succeeded' when 'succeeded' then 'succeeded' when 'refunded' then 'refunded' when 'failed' then 'failed' else 'pending' end as status,
        currency,
        amount,
        coalesce(amount_refunded, 0) as amount_refunded,
        fee,
        failure_reason,
        created_at as paid_at
    from records
)

select * from conformed
