-- Every record of an account with what it says of it, in the order in which it is believed: live before deleted,
-- a CRM's company before a billing customer before a person before a lead, then the oldest.
with records as (
    select * from {{ ref('int_account_records') }}
),

owners as (
    select source, instance, owner_key, owner_id from {{ ref('int_owner_ids') }}
),

parents as (
    select source, instance, table_name, record_key, account_id as parent_account_id from {{ ref('xref_accounts') }}
),

described as (
    select
        records.*,
        owners.owner_id,
        nullif(parents.parent_account_id, records.account_id) as parent_account_id,
        nullif(lower(regexp_extract(records.domain, '^(?:[a-z]+://)?(?:www\.)?([^/:?#]+)', 1, 'i')), '') as host
    from records
    left join owners
        on records.source = owners.source and records.instance = owners.instance and records.owner_key = owners.owner_key
    left join parents
        on records.source = parents.source and records.instance = parents.instance
        and records.parent_table = parents.table_name and records.parent_key = parents.record_key
)

select
    account_id,
    source,
    instance,
    table_name,
    record_key,
    case trust when 1 then 'company' when 2 then 'billing customer' when 3 then 'person' else 'lead' end as said_in,
    name,
    host as domain,
    country,
    city,
    industry,
    employee_count,
    owner_id,
    parent_account_id,
    case when trust <= 2 then {{ legal_entity('source', 'instance') }} end as legal_entity,
    case when created_at is not null then source end as first_source,
    created_at,
    is_deleted,
    row_number() over (
        partition by account_id order by is_deleted, trust, created_at nulls last, source, instance, record_key
    ) as most_believed,
    row_number() over (
        partition by account_id order by created_at nulls last, source, instance, table_name, record_key
    ) as earliest
from described
