-- The subtotal is before tax; what the total has above it is tax.
with records as (
    select * from {{ ref('stg_chargebee__credit_notes_records') }}
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
        credit_note_id as number,
        credit_note_type as kind,
        case status when 'voided' then 'void' else status end as status,
        reason,
        currency,
        issued_at,
        sub_total as subtotal,
        total - sub_total as tax,
        total,
        amount_refunded,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
