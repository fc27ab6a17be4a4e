with records as (
    select * from {{ ref('stg_salesforce__leads_records') }}
),

conformed as (
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
)

select * from conformed
