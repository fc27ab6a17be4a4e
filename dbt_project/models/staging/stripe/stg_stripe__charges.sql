with source as (
    select * from {{ source('raw_stripe', 'charges') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'charges' as table_name,
        charge_id as record_key,
        charge_id,
        customer_id,
        customer_email,
        invoice_id,
        status,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(amount_refunded as decimal(18, 4)) as amount_refunded,
        try_cast(fee as decimal(18, 4)) as fee,
        failure_reason,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
