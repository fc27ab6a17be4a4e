with source as (
    select * from {{ source('raw_company', 'exchange_rates') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'exchange_rates' as table_name,
        rate_date || '|' || currency as record_key,
        try_cast(rate_date as date) as rate_date,
        currency,
        try_cast(rate_per_eur as decimal(18, 8)) as rate_per_eur
    from source
)

select * from typed
