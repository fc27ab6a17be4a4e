with records as (
    select * from {{ ref('stg_salesforce__leads_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
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
)

select * from conformed
