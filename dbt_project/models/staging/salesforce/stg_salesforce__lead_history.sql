with source as (
    select * from {{ source('raw_salesforce', 'lead_history') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'lead_history' as table_name,
        history_id as record_key,
        lead_id,
        field,
        old_value,
        new_value,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
