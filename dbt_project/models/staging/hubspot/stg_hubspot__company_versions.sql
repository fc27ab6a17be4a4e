with history as (
    select * from {{ source('history_hubspot', 'companies') }}
),

conformed as (
    select
        'hubspot' as source,
        _instance as instance,
        'companies' as table_name,
        company_id || '|' || _night as record_key,
        'companies' as company_table,
        company_id as company_key,
        name,
        domain,
        _night as seen_on,
        _change = 'gone' as is_gone
    from history
)

select * from conformed
