with source as (
    select * from {{ source('raw_encharge', 'people') }}
),

typed as (
    select
        'encharge' as source,
        _instance as instance,
        'people' as table_name,
        person_id as record_key,
        person_id,
        user_id,
        email,
        name,
        first_name,
        last_name,
        phone,
        country,
        try_cast(lead_score as decimal(18, 4)) as lead_score,
        tags,
        utm_source,
        try_cast(unsubscribed as boolean) as unsubscribed,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
