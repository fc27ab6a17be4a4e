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

date_entered as (
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
),

property_history as (
    select
        source,
        instance,
        table_name,
        record_key || '|' || property || '|' || changed_at as record_key,
        case table_name when 'contacts' then 'person' else 'company' end as entity_kind,
        table_name as entity_table,
        record_key as entity_key,
        value as stage,
        changed_at as entered_at,
        'observed' as evidence,
        property as field
    from {{ ref('stg_hubspot__property_history') }}
    where property in ('lifecyclestage', 'hs_lead_status') and table_name in ('contacts', 'companies') and value <> ''
),

seen as (
    select 'contacts' as table_name, 'person' as entity_kind, 'Lifecycle Stage' as field, changes.*
    from ({{ changes_of(source('history_hubspot', 'contacts'), 'contact_id', 'lifecycle_stage') }}) as changes
    union all
    select 'contacts', 'person', 'Lead Status', changes.*
    from ({{ changes_of(source('history_hubspot', 'contacts'), 'contact_id', 'lead_status') }}) as changes
    union all
    select 'companies', 'company', 'Lifecycle Stage', changes.*
    from ({{ changes_of(source('history_hubspot', 'companies'), 'company_id', 'lifecycle_stage') }}) as changes
),

snapshots as (
    select
        'hubspot' as source,
        instance,
        table_name,
        record_key || '|' || field || '|' || cast(seen_at as date) as record_key,
        entity_kind,
        table_name as entity_table,
        record_key as entity_key,
        value as stage,
        seen_at as entered_at,
        'snapshot' as evidence,
        field
    from seen
)

select * from date_entered
union all by name
select * from property_history
union all by name
select * from snapshots
