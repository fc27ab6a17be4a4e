with records as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'accounts' as company_table,
        account_id as company_key,
        email,
        trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as full_name,
        first_name,
        last_name,
        phone,
        title,
        country,
        owner_id as owner_key,
        lead_source as source_channel,
        case when has_opted_out then 'unsubscribed' end as consent_status,
        created_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
