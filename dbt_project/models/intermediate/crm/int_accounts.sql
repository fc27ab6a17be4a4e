-- One row per account: identity and firmographics, each field from the record whose word counts (int_account_fields).
with accounts as (
    select account_id, count(distinct source) as source_count
    from {{ ref('xref_accounts') }}
    where rule not in ('merged_away', 'no_longer_delivered')
    group by account_id
),

golden as (
    select
        account_id,
        {% for field in ['name', 'domain', 'country', 'city', 'industry', 'owner_id', 'parent_account_id', 'legal_entity', 'first_source'] %}
        max(value) filter (where field = '{{ field }}') as {{ field }},
        {% endfor %}
        cast(max(value) filter (where field = 'employee_count') as bigint) as employee_count
    from {{ ref('int_account_fields') }}
    group by account_id
),

ages as (
    select account_id, min(created_at) as first_seen_at, bool_and(is_deleted) as is_deleted
    from {{ ref('int_account_candidates') }}
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
    coalesce(golden.legal_entity, 'main') as legal_entity,
    golden.parent_account_id,
    golden.first_source,
    ages.first_seen_at,
    cast(accounts.source_count as integer) as source_count,
    coalesce(ages.is_deleted, false) as is_deleted
from accounts
left join golden using (account_id)
left join ages using (account_id)
