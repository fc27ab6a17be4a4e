-- One row per account: identity and firmographics. CRM companies win over billing, billing over people.
with accounts as (
    select account_id, count(distinct source) as source_count from {{ ref('xref_accounts') }} group by account_id
),

records as (
    select
        account_records.*,
        owners.owner_id,
        lower(regexp_extract(account_records.domain, '^(?:[a-z]+://)?(?:www\.)?([^/:?#]+)', 1, 'i')) as host,
        row_number() over (
            partition by account_id
            order by is_deleted, trust, created_at nulls last, account_records.source, account_records.instance, record_key
        ) as place
    from {{ ref('int_account_records') }} as account_records
    left join {{ ref('int_owner_ids') }} as owners
        on account_records.source = owners.source and account_records.instance = owners.instance
        and account_records.owner_key = owners.owner_key
),

-- the account of the company that a company names as its parent
parents as (
    select records.account_id, arg_min(parent.account_id, records.place) as parent_account_id
    from records
    inner join {{ ref('xref_accounts') }} as parent
        on records.source = parent.source and records.instance = parent.instance
        and records.parent_table = parent.table_name and records.parent_key = parent.record_key
    where parent.account_id <> records.account_id
    group by records.account_id
),

golden as (
    select
        account_id,
        arg_min(name, place) as name,
        arg_min(nullif(host, ''), place) as domain,
        arg_min(country, place) as country,
        arg_min(city, place) as city,
        arg_min(industry, place) as industry,
        arg_min(employee_count, place) as employee_count,
        arg_min(owner_id, place) as owner_id,
        arg_min(instance, place) filter (where trust <= 2) as legal_instance,
        arg_min(source, (created_at, source, instance, table_name, record_key)) filter (where created_at is not null) as first_source,
        min(created_at) as first_seen_at,
        bool_and(is_deleted) as is_deleted
    from records
    group by account_id
)

select
    accounts.account_id,
    golden.name,
    golden.domain,
    golden.country,
    golden.city,
    golden.industry,
    golden.employee_count,
    case
        when golden.employee_count >= 1000 then 'enterprise'
        when golden.employee_count >= 100 then 'mid_market'
        when golden.employee_count is not null then 'small'
        else 'unknown'
    end as segment,
    golden.owner_id,
    coalesce(nullif(golden.legal_instance, ''), 'main') as legal_entity,
    parents.parent_account_id,
    golden.first_source,
    golden.first_seen_at,
    cast(accounts.source_count as integer) as source_count,
    coalesce(golden.is_deleted, false) as is_deleted
from accounts
left join golden using (account_id)
left join parents using (account_id)
