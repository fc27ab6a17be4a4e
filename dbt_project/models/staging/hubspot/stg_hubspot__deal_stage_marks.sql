with deals as (
    select * from {{ ref('stg_hubspot__deals_records') }}
),

entries as (
    {{ json_map_entries('deals', 'date_entered') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key || '|' || map_key as record_key,
        'deals' as deal_table,
        record_key as deal_key,
        regexp_replace(map_key, ' \\(.*\\)$', '') as stage,
        try_cast(map_value as timestamptz) as entered_at,
        'observed' as evidence,
        'Date entered' as field
    from entries
)

select * from conformed
