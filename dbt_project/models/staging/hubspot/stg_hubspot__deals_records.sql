with source as (
    select * from {{ source('raw_hubspot', 'deals') }}
),

typed as (
    select
        'hubspot' as source,
        _instance as instance,
        'deals' as table_name,
        deal_id as record_key,
        deal_id,
        name,
        pipeline,
        stage,
        try_cast(amount as decimal(18, 4)) as amount,
        currency,
        company_currency,
        try_cast(probability as decimal(18, 4)) as probability,
        forecast_category,
        try_cast(close_date as timestamptz) as close_date,
        try_cast(term_months as bigint) as term_months,
        deal_type,
        lost_reason,
        try_cast(is_closed_won as boolean) as is_closed_won,
        try_cast(is_closed as boolean) as is_closed,
        owner_name,
        company_id,
        contact_ids,
        source_channel,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(updated_at as timestamptz) as updated_at,
        try_cast(is_deleted as boolean) as is_deleted,
        date_entered
    from source
)

select * from typed
