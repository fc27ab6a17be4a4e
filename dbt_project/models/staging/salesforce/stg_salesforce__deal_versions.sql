with history as (
    select * from {{ source('history_salesforce', 'opportunities') }} where _change <> 'gone'
),

conformed as (
    select
        'salesforce' as source,
        _instance as instance,
        'opportunities' as table_name,
        opportunity_id || '|' || _night as record_key,
        'opportunities' as deal_table,
        opportunity_id as deal_key,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(close_date as date) as expected_close,
        cast(_night as timestamptz) as seen_at,
        'snapshot' as evidence
    from history
)

select * from conformed
