with source as (
    select * from {{ source('raw_google_ads', 'accounts') }}
),

typed as (
    select
        'google_ads' as source,
        _instance as instance,
        'accounts' as table_name,
        account_id || '|' || updated_at as record_key,
        account_id,
        try_cast(updated_at as timestamptz) as updated_at,
        currency,
        time_zone
    from source
)

select * from typed
