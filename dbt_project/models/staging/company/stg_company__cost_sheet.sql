with source as (
    select * from {{ source('raw_company', 'cost_sheet') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'cost_sheet' as table_name,
        month || '|' || kind as record_key,
        try_cast(month as date) as month,
        kind,
        try_cast(amount as decimal(18, 4)) as amount,
        currency
    from source
)

select * from typed
