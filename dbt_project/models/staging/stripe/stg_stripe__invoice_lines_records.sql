with source as (
    select * from {{ source('raw_stripe', 'invoice_lines') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'invoice_lines' as table_name,
        line_id as record_key,
        line_id,
        invoice_id,
        subscription_id,
        item_id,
        price_id,
        description,
        currency,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_amount as decimal(18, 4)) as unit_amount,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(discount_amount as decimal(18, 4)) as discount_amount,
        interval,
        usage_type,
        try_cast(interval_count as bigint) as interval_count,
        try_cast(period_start as timestamptz) as period_start,
        try_cast(period_end as timestamptz) as period_end,
        try_cast(is_proration as boolean) as is_proration,
        line_type
    from source
)

select * from typed
