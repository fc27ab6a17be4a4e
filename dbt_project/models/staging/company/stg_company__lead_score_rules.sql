with source as (
    select * from {{ source('raw_company', 'lead_score_rules') }}
),

typed as (
    select
        'company' as source,
        _instance as instance,
        'lead_score_rules' as table_name,
        fact || '|' || value as record_key,
        fact,
        value,
        try_cast(points as double) as points,
        try_cast(decays as boolean) as decays
    from source
)

select * from typed
