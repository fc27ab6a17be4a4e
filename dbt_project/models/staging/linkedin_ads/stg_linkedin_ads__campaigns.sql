with source as (
    select * from {{ source('raw_linkedin_ads', 'campaigns') }}
),

typed as (
    select
        'linkedin_ads' as source,
        _instance as instance,
        'campaigns' as table_name,
        campaign_id || '|' || updated_at as record_key,
        campaign_id,
        try_cast(updated_at as timestamptz) as updated_at,
        account_id,
        name
    from source
)

select * from typed
