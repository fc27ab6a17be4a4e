with source as (
    select * from {{ source('raw_salesforce', 'tasks') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'tasks' as table_name,
        task_id as record_key,
        task_id,
        who_id,
        what_id,
        account_id,
        owner_id,
        subtype,
        subject,
        call_type,
        status,
        try_cast(is_deleted as boolean) as is_deleted,
        try_cast(completed_at as timestamptz) as completed_at,
        try_cast(activity_date as timestamptz) as activity_date,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
