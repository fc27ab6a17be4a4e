with source as (
    select * from {{ source('raw_salesforce', 'opportunity_field_history') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'opportunity_field_history' as table_name,
        history_id as record_key,
        opportunity_id,
        field,
        new_value,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
