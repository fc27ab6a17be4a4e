with source as (
    select * from {{ source('raw_company', 'targets') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'targets' as table_name,
        metric || '|' || period_start || '|' || coalesce(segment, '') as record_key,
        metric,
        cast(date_trunc('month', try_cast(period_start as date)) as date) as period_start,
        coalesce(segment, 'all') as segment,
        try_cast(target as decimal(18, 6)) as target
    from source
)

select * from typed
