with source as (
    select * from {{ source('raw_segment', 'identifies') }}
),

typed as (
    select
        'segment' as source,
        _instance as instance,
        'identifies' as table_name,
        user_id as record_key,
        user_id,
        email,
        name,
        account_id,
        try_cast(identified_at as timestamptz) as identified_at
    from source
)

select * from typed
