with source as (
    select * from {{ source('raw_chargebee', 'invoice_lines') }}
),

typed as (
    select
        'chargebee' as source,
        _instance as instance,
        'invoice_lines' as table_name,
        line_id as record_key,
        line_id,
        invoice_id,
        subscription_id,
        entity_type,
        entity_id,
        description,
        try_cast(is_metered as boolean) as is_metered,
        currency,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_amount as decimal(18, 4)) as unit_amount,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(discount_amount as decimal(18, 4)) as discount_amount,
        try_cast(tax_amount as decimal(18, 4)) as tax_amount,
        try_cast(date_from as timestamptz) as date_from,
        try_cast(date_to as timestamptz) as date_to,
        try_cast(invoice_updated_at as timestamptz) as invoice_updated_at
    from source
)

select * from typed
