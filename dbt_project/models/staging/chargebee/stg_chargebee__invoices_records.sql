with source as (
    select * from {{ source('raw_chargebee', 'invoices') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'invoices' as table_name,
        invoice_id as record_key,
        invoice_id,
        customer_id,
        subscription_id,
        status,
        currency,
        try_cast(invoice_date as timestamptz) as invoice_date,
        try_cast(due_date as timestamptz) as due_date,
        try_cast(paid_at as timestamptz) as paid_at,
        try_cast(sub_total as decimal(18, 4)) as sub_total,
        try_cast(tax as decimal(18, 4)) as tax,
        try_cast(total as decimal(18, 4)) as total,
        try_cast(amount_due as decimal(18, 4)) as amount_due,
        try_cast(amount_paid as decimal(18, 4)) as amount_paid,
        try_cast(credits_applied as decimal(18, 4)) as credits_applied,
        try_cast(amount_adjusted as decimal(18, 4)) as amount_adjusted,
        try_cast(write_off_amount as decimal(18, 4)) as write_off_amount,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
