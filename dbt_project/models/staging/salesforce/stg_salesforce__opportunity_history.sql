with source as (
    select * from {{ source('raw_salesforce', 'opportunity_history') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'opportunity_history' as table_name,
        history_id as record_key,
        history_id,
        opportunity_id,
        stage,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
