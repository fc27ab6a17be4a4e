with records as (
    select * from {{ ref('stg_stripe__refunds_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        charge_id as payment_key,
        status,
        reason,
        currency,
        amount,
        created_at as refunded_at
    from records
)

select * from conformed
