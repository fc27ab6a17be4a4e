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
),

property_history as (
    select
        source,
        instance,
        'deals' as table_name,
        record_key || '|' || property || '|' || changed_at as record_key,
        'deals' as deal_table,
        record_key as deal_key,
        value as stage,
        changed_at as entered_at,
        'observed' as evidence,
        property as field
    from {{ ref('stg_hubspot__property_history') }}
    where property = 'dealstage' and table_name = 'deals' and value <> ''
)

select * from conformed
union all
select * from property_history
