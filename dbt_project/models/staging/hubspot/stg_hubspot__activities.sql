-- An activity with several contacts is the first one's. What a workflow or sequence sent, no human did.
with calls as (
    select
        source, instance, table_name, record_key, 'call' as kind, owner_name, title, direction, status, outcome, record_source,
        contact_ids, company_ids, deal_ids, occurred_at
    from {{ ref('stg_hubspot__calls') }}
),

emails as (
    select
        source, instance, table_name, record_key, 'email' as kind, owner_name, title, direction, status,
        cast(null as varchar) as outcome, record_source, contact_ids, company_ids, deal_ids, occurred_at
    from {{ ref('stg_hubspot__emails') }}
),

records as (
    select * from calls
    union all
    select * from emails
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        kind,
        'contacts' as person_table,
        nullif(trim(split_part(contact_ids, ';', 1)), '') as person_key,
        'companies' as company_table,
        nullif(trim(split_part(company_ids, ';', 1)), '') as company_key,
        nullif(trim(split_part(deal_ids, ';', 1)), '') as deal_key,
        owner_name as owner_key,
        occurred_at,
        case
            when lower(direction) in ('inbound', 'incoming_email', 'incoming email') then 'inbound'
            when direction is not null then 'outbound'
        end as direction,
        outcome,
        {{ is_automatic('title') }}
        or coalesce(lower(replace(record_source, '_', ' ')) in ('automation platform', 'workflows', 'sequences'), false) as is_automatic,
        coalesce(lower(status) not in ('scheduled', 'queued', 'canceled', 'failed', 'bounced'), true) as is_done
    from records
)

select * from conformed
