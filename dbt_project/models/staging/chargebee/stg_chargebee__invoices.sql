with records as (
    select * from {{ ref('stg_chargebee__invoices_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'customers' as customer_table,
        customer_id as customer_key,
        subscription_id as subscription_key,
        invoice_id as number,
        case status when 'payment_due' then 'open' when 'posted' then 'open' when 'voided' then 'void' when 'pending' then 'draft' else status end as status,
        currency,
        invoice_date as issued_at,
        coalesce(due_date, invoice_date) as due_at,
        paid_at,
        coalesce(sub_total, total) as subtotal,
        coalesce(tax, 0) as tax,
        total,
        amount_due,
        amount_paid,
        -- what is written off is an adjustment too
        coalesce(credits_applied, 0) + greatest(coalesce(amount_adjusted, 0), coalesce(write_off_amount, 0)) as amount_credited,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
