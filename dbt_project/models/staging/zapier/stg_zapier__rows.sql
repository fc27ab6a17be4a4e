with source as (
    select * from {{ source('raw_zapier', 'rows') }}
),

typed as (
    select
        'zapier' as source,
        _instance as instance,
        'rows' as table_name,
        row_id as record_key,
        row_id,
        email,
        name,
        company,
        note,
        try_cast(amount as decimal(18, 4)) as amount,
        currency,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
