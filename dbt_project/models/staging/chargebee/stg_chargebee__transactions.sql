with source as (
    select * from {{ source('raw_chargebee', 'transactions') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'transactions' as table_name,
        transaction_id as record_key,
        transaction_id,
        customer_id,
        invoice_id,
        refunded_transaction_id,
        transaction_type,
        status,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        error_text,
        try_cast(paid_at as timestamptz) as paid_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
