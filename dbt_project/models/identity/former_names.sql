-- Names and domains of an account that are not its golden ones: what a record of it says beside, or said on an earlier night.
with accounts as (
    select account_id, name, domain from {{ ref('int_accounts') }}
),

xref as (
    select source, instance, table_name, record_key, account_id from {{ ref('xref_accounts') }}
),

versions as (
    select
        xref.account_id,
        versions.source,
        versions.instance,
        versions.company_table as table_name,
        versions.company_key as record_key,
        nullif(trim(versions.name), '') as name,
        nullif(lower(regexp_extract(versions.domain, '^(?:[a-z]+://)?(?:www\.)?([^/:?#]+)', 1, 'i')), '') as domain,
        versions.seen_on,
        versions.is_gone,
        lead(versions.seen_on) over (
            partition by versions.source, versions.instance, versions.company_table, versions.company_key
            order by versions.seen_on nulls last
        ) as until
    from {{ ref('int_company_versions') }} as versions
    inner join xref
        on versions.source = xref.source and versions.instance = xref.instance
        and versions.company_table = xref.table_name and versions.company_key = xref.record_key
),

records as (
    select account_id, source, instance, table_name, record_key, nullif(trim(name), '') as name, domain
    from {{ ref('int_account_candidates') }}
),

said as (
    select account_id, 'name' as field, name as value, source, instance, table_name, record_key, seen_on, until, 'history' as evidence
    from versions
    where not is_gone
    union all
    select account_id, 'domain', domain, source, instance, table_name, record_key, seen_on, until, 'history'
    from versions
    where not is_gone
    union all
    select account_id, 'name', name, source, instance, table_name, record_key, null, null, 'record'
    from records
    union all
    select account_id, 'domain', domain, source, instance, table_name, record_key, null, null, 'record'
    from records
),

spans as (
    select
        account_id, field, value, source, instance, table_name, record_key,
        min(seen_on) as first_seen,
        -- an open end: the record says so still
        case when not bool_or(evidence = 'record' or until is null) then max(until) end as last_seen,
        bool_or(evidence = 'record') as is_said_still
    from said
    where value is not null
    group by account_id, field, value, source, instance, table_name, record_key
)

select spans.*
from spans
inner join accounts using (account_id)
where
    lower(spans.value) is distinct from lower(case when spans.field = 'name' then accounts.name else accounts.domain end)
