with records as (
    select *, coalesce(total_excluding_tax, subtotal, total) as net from {{ ref('stg_stripe__credit_notes_records') }}
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
        number,
        credit_note_type as kind,
        status,
        reason,
        currency,
        created_at as issued_at,
        net as subtotal,
        total - net as tax,
        total,
        false as is_deleted
    from records
)

select * from conformed
