with records as (
    select * from {{ ref('stg_stripe__invoices_records') }}
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
        number,
        status,
        currency,
        created_at as issued_at,
        coalesce(due_date, created_at) as due_at,
        paid_at,
        subtotal,
        coalesce(tax, 0) as tax,
        total,
        amount_due,
        amount_paid,
        coalesce(credited, 0) + coalesce(credited_before, 0) as amount_credited,
        false as is_deleted
    from records
)

select * from conformed
