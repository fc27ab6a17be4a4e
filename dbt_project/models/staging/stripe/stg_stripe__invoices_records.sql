with source as (
    select * from {{ source('raw_stripe', 'invoices') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'invoices' as table_name,
        invoice_id as record_key,
        invoice_id,
        customer_id,
        subscription_id,
        number,
        status,
        currency,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(due_date as timestamptz) as due_date,
        try_cast(paid_at as timestamptz) as paid_at,
        try_cast(subtotal as decimal(18, 4)) as subtotal,
        try_cast(tax as decimal(18, 4)) as tax,
        try_cast(total as decimal(18, 4)) as total,
        try_cast(amount_due as decimal(18, 4)) as amount_due,
        try_cast(amount_paid as decimal(18, 4)) as amount_paid,
        try_cast(credited as decimal(18, 4)) as credited,
        try_cast(credited_before as decimal(18, 4)) as credited_before
    from source
)

select * from typed
