with history as (
    select * from {{ source('history_chargebee', 'customers') }}
),

conformed as (
    select
        'chargebee' as source,
        _instance as instance,
        'customers' as table_name,
        customer_id || '|' || _night as record_key,
        'customers' as company_table,
        customer_id as company_key,
        company as name,
        cast(null as varchar) as domain,
        _night as seen_on,
        _change = 'gone' as is_gone
    from history
)

select * from conformed
