-- A lead's status on the day it was converted, and each other status from the night on which an export first showed it.
with records as (
    select * from {{ ref('stg_salesforce__leads_records') }}
),

converted as (
    select
        source,
        instance,
        table_name,
        record_key,
        'person' as entity_kind,
        'leads' as entity_table,
        record_key as entity_key,
        status as stage,
        converted_at as entered_at,
        'observed' as evidence,
        'Lead.Status' as field
    from records
    where status is not null and converted_at is not null
),

history as (
    select
        source,
        instance,
        table_name,
        record_key,
        'person' as entity_kind,
        'leads' as entity_table,
        lead_id as entity_key,
        new_value as stage,
        created_at as entered_at,
        'observed' as evidence,
        'LeadHistory.Status' as field
    from {{ ref('stg_salesforce__lead_history') }}
    where lower(field) = 'status' and new_value <> ''
),

snapshots as (
    select
        'salesforce' as source,
        instance,
        'leads' as table_name,
        record_key || '|' || cast(seen_at as date) as record_key,
        'person' as entity_kind,
        'leads' as entity_table,
        record_key as entity_key,
        value as stage,
        seen_at as entered_at,
        'snapshot' as evidence,
        'Lead.Status' as field
    from ({{ changes_of(source('history_salesforce', 'leads'), 'lead_id', 'status') }}) as changes
)

select * from converted
union all
select * from history
union all
select * from snapshots
