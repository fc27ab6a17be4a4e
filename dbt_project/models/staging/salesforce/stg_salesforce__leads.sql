-- A lead was assigned when its history says that its owner changed for the first time.
with records as (
    select * from {{ ref('stg_salesforce__leads_records') }}
),

assignments as (
    select instance, lead_id, min(created_at) as assigned_at
    from {{ ref('stg_salesforce__lead_history') }} where lower(field) in ('owner', 'ownerid', 'ownerassignment')
    group by instance, lead_id
),

conformed as (
    select
        records.source,
        records.instance,
        records.table_name,
        record_key,
        email,
        trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as full_name,
        first_name,
        last_name,
        phone,
        company as company_name,
        website as domain,
        country,
        title,
        owner_id as owner_key,
        assignments.assigned_at,
        status,
        lead_source as source_channel,
        created_at as first_contact_at,
        coalesce(is_converted, false) as is_converted,
        converted_at,
        converted_account_id as converted_company_key,
        converted_contact_id as converted_person_key,
        converted_opportunity_id as converted_deal_key,
        created_at,
        coalesce(is_deleted, false) as is_deleted
    from records
    left join assignments on records.instance = assignments.instance and records.record_key = assignments.lead_id
)

select * from conformed
