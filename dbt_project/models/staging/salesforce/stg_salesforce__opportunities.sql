with source as (
    select * from {{ source('raw_salesforce', 'opportunities') }}
),

typed as (
    select
        'salesforce' as source,
        _instance as instance,
        'opportunities' as table_name,
        opportunity_id as record_key,
        opportunity_id,
        try_cast(is_deleted as boolean) as is_deleted,
        account_id,
        contact_id,
        name,
        stage,
        try_cast(amount as decimal(18, 4)) as amount,
        currency,
        try_cast(probability as decimal(18, 4)) as probability,
        try_cast(close_date as date) as close_date,
        opportunity_type,
        lead_source,
        try_cast(is_closed as boolean) as is_closed,
        try_cast(is_won as boolean) as is_won,
        forecast_category,
        lost_reason,
        try_cast(term_months as bigint) as term_months,
        owner_id,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at
    from source
)

select * from typed
