with source as (
    select * from {{ source('raw_linkedin_ads', 'accounts') }}
),

typed as (
    select
        'linkedin_ads' as source,
        _instance as instance,
        'accounts' as table_name,
        account_id || '|' || updated_at as record_key,
        account_id,
        try_cast(updated_at as timestamptz) as updated_at,
        currency
    from source
)

select * from typed
