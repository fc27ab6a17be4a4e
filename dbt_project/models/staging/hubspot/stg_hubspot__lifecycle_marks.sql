with contacts as (
    select source, instance, table_name, record_key, 'person' as entity_kind, date_entered
    from {{ ref('stg_hubspot__contacts') }}
),

companies as (
    select source, instance, table_name, record_key, 'company' as entity_kind, date_entered
    from {{ ref('stg_hubspot__companies_records') }}
),

records as (
    select * from contacts
    union all
    select * from companies
),

entries as (
    {{ json_map_entries('records', 'date_entered') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key || '|' || map_key as record_key,
        entity_kind,
        table_name as entity_table,
        record_key as entity_key,
        map_key as stage,
        try_cast(map_value as timestamptz) as entered_at,
        'observed' as evidence,
        'Date entered' as field
    from entries
)

select * from conformed
