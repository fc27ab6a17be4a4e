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
),

heard as (
    select distinct source, table_name from companies
    union
    select distinct source, table_name from humans
    union
    select distinct source, table_name from hand_typed
),

-- records of tables that feed neither: what they told identity
claims as (
    select
        claims.source,
        claims.instance,
        claims.table_name,
        claims.record_key,
        min(claims.claim_value) filter (where claims.entity_kind = 'account' and claims.claim_kind = 'name') as company_name,
        min(claims.claim_value) filter (where claims.claim_kind = 'domain') as domain,
        min(claims.claim_value) filter (where claims.claim_kind = 'country') as country,
        min(claims.claim_value) filter (where claims.entity_kind = 'person' and claims.claim_kind = 'name') as whole_name,
        min(claims.claim_value) filter (where claims.claim_kind = 'first_name') as first_name,
        min(claims.claim_value) filter (where claims.claim_kind = 'last_name') as last_name,
        min(claims.claim_value) filter (where claims.claim_kind = 'email') as email,
        min(claims.claim_value) filter (where claims.claim_kind = 'phone') as phone
    from {{ source('raw_identity', 'claims') }} as claims
    left join heard on claims.source = heard.source and claims.table_name = heard.table_name
    where heard.source is null
    group by claims.source, claims.instance, claims.table_name, claims.record_key
)

select
    accounts.source,
    accounts.instance,
    accounts.table_name,
    accounts.record_key,
    accounts.account_id,
    people.person_id,
    coalesce(companies.company_name, hand_typed.company_name, claims.company_name) as company_name,
    coalesce(companies.domain, claims.domain) as domain,
    coalesce(companies.country, claims.country) as country,
    nullif(coalesce(
        humans.full_name, hand_typed.full_name, claims.whole_name, concat_ws(' ', claims.first_name, claims.last_name)
    ), '') as full_name,
    coalesce(humans.email, hand_typed.email, claims.email) as email,
    coalesce(humans.phone, claims.phone) as phone,
    coalesce(companies.created_at, humans.created_at, hand_typed.created_at) as created_at,
    coalesce(companies.is_deleted, humans.is_deleted, accounts.rule in ('merged_away', 'no_longer_delivered')) as is_deleted,
    accounts.record_url
from accounts
left join people using (source, instance, table_name, record_key)
left join companies using (source, instance, table_name, record_key)
left join humans using (source, instance, table_name, record_key)
left join hand_typed using (source, instance, table_name, record_key)
left join claims using (source, instance, table_name, record_key)
