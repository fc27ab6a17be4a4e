with history as (
    select * from {{ source('history_hubspot', 'deals') }} where _change <> 'gone'
),

conformed as (
    select
        'hubspot' as source,
        _instance as instance,
        'deals' as table_name,
        deal_id || '|' || _night as record_key,
        'deals' as deal_table,
        deal_id as deal_key,
        try_cast(amount as decimal(18, 4)) as amount,
        cast(try_cast(close_date as timestamptz) as date) as expected_close,
        cast(_night as timestamptz) as seen_at,
        'snapshot' as evidence
    from history
)

select * from conformed
