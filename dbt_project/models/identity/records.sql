-- What every record says of itself, beside the person and the account that it was resolved to.
with accounts as (
    select source, instance, table_name, record_key, account_id, rule, record_url from {{ ref('xref_accounts') }}
),

people as (
    select source, instance, table_name, record_key, person_id from {{ ref('xref_people') }}
),

-- a table may feed two entities: the one that is believed more speaks for the record
companies as (
    select source, instance, table_name, record_key, name as company_name, domain, country, created_at, is_deleted
    from {{ ref('int_account_records') }}
    qualify row_number() over (partition by source, instance, table_name, record_key order by trust) = 1
),

humans as (
    select source, instance, table_name, record_key, full_name, email, phone, created_at, is_deleted
    from {{ ref('int_person_records') }}
    qualify row_number() over (partition by source, instance, table_name, record_key order by trust) = 1
),

hand_typed as (
    select source, instance, table_name, record_key, company_name, full_name, email, created_at
    from {{ ref('int_hand_typed_rows') }}
)

select
    accounts.source,
    accounts.instance,
    accounts.table_name,
    accounts.record_key,
    accounts.account_id,
    people.person_id,
    coalesce(companies.company_name, hand_typed.company_name) as company_name,
    companies.domain,
    companies.country,
    nullif(coalesce(humans.full_name, hand_typed.full_name), '') as full_name,
    coalesce(humans.email, hand_typed.email) as email,
    humans.phone,
    coalesce(companies.created_at, humans.created_at, hand_typed.created_at) as created_at,
    coalesce(companies.is_deleted, humans.is_deleted, accounts.rule in ('merged_away', 'no_longer_delivered')) as is_deleted,
    accounts.record_url
from accounts
left join people using (source, instance, table_name, record_key)
left join companies using (source, instance, table_name, record_key)
left join humans using (source, instance, table_name, record_key)
left join hand_typed using (source, instance, table_name, record_key)
