with source as (
    select * from {{ source('raw_hubspot', 'contacts') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'contacts' as table_name,
        contact_id as record_key,
        contact_id,
        first_name,
        last_name,
        email,
        phone,
        job_title,
        company_name,
        owner_name,
        try_cast(owner_assigned_at as timestamptz) as owner_assigned_at,
        lifecycle_stage,
        lead_status,
        try_cast(lead_score as decimal(18, 4)) as lead_score,
        source_channel,
        country,
        company_id,
        company_ids,
        merged_ids,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at,
        try_cast(is_deleted as boolean) as is_deleted,
        date_entered
    from source
)

select * from typed
