with history as (
    select * from {{ source('history_salesforce', 'accounts') }}
),

conformed as (
    select
        'salesforce' as source,
        _instance as instance,
        'accounts' as table_name,
        account_id || '|' || _night as record_key,
        'accounts' as company_table,
        account_id as company_key,
        name,
        website as domain,
        _night as seen_on,
        _change = 'gone' as is_gone
    from history
)

select * from conformed
