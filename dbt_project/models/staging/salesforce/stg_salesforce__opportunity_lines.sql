with source as (
    select * from {{ source('raw_salesforce', 'opportunity_lines') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'opportunity_lines' as table_name,
        line_id as record_key,
        line_id,
        try_cast(is_deleted as boolean) as is_deleted,
        opportunity_id,
        product_id,
        name,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_price as decimal(18, 4)) as unit_price,
        try_cast(amount as decimal(18, 4)) as amount,
        currency
    from source
)

select * from typed
