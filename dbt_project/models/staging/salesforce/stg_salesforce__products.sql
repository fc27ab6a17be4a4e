with source as (
    select * from {{ source('raw_salesforce', 'products') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'products' as table_name,
        product_id as record_key,
        product_id,
        name,
        code,
        try_cast(is_active as boolean) as is_active
    from source
)

select * from typed
