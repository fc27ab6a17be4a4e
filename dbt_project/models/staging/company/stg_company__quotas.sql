with source as (
    select * from {{ source('raw_company', 'quotas') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'quotas' as table_name,
        owner_email || '|' || period_start as record_key,
        lower(trim(owner_email)) as owner_email,
        cast(date_trunc('month', try_cast(period_start as date)) as date) as period_start,
        try_cast(quota as decimal(18, 4)) as quota,
        currency,
        territory
    from source
)

select * from typed
