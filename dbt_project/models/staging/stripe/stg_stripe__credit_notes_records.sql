with source as (
    select * from {{ source('raw_stripe', 'credit_notes') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'credit_notes' as table_name,
        credit_note_id as record_key,
        credit_note_id,
        customer_id,
        invoice_id,
        number,
        credit_note_type,
        status,
        reason,
        currency,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(subtotal as decimal(18, 4)) as subtotal,
        try_cast(total_excluding_tax as decimal(18, 4)) as total_excluding_tax,
        try_cast(total as decimal(18, 4)) as total
    from source
)

select * from typed
