with source as (
    select * from {{ source('raw_chargebee', 'credit_notes') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'credit_notes' as table_name,
        credit_note_id as record_key,
        credit_note_id,
        customer_id,
        invoice_id,
        credit_note_type,
        status,
        reason,
        currency,
        try_cast(issued_at as timestamptz) as issued_at,
        try_cast(sub_total as decimal(18, 4)) as sub_total,
        try_cast(total as decimal(18, 4)) as total,
        try_cast(amount_refunded as decimal(18, 4)) as amount_refunded,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
