-- Every record that describes a company, with the account it belongs to and how far it is believed.
with accounts as (
    select * from {{ ref('xref_accounts') }}
),

companies as (
    select
        source, instance, table_name, record_key, name, domain, country, city, industry, employee_count, owner_key,
        table_name as parent_table, parent_key, created_at, coalesce(is_deleted, false) as is_deleted, 1 as trust
    from {{ ref('int_companies') }}
),

customers as (
    select
        source, instance, table_name, record_key, company_name as name, cast(null as varchar) as domain, country,
        cast(null as varchar) as city, cast(null as varchar) as industry, cast(null as bigint) as employee_count,
        cast(null as varchar) as owner_key, cast(null as varchar) as parent_table, cast(null as varchar) as parent_key, created_at,
        coalesce(is_deleted, false) as is_deleted, 2 as trust
    from {{ ref('int_customers') }}
),

people as (
    select
        source, instance, table_name, record_key, company_name as name,
        cast(null as varchar) as domain, country, cast(null as varchar) as city, cast(null as varchar) as industry,
        cast(null as bigint) as employee_count, owner_key, cast(null as varchar) as parent_table, cast(null as varchar) as parent_key, created_at,
        coalesce(is_deleted, false) as is_deleted, 3 as trust
    from {{ ref('int_people') }}
),

leads as (
    select
        source, instance, table_name, record_key, company_name as name, domain, country,
        cast(null as varchar) as city, cast(null as varchar) as industry, cast(null as bigint) as employee_count,
        owner_key, cast(null as varchar) as parent_table, cast(null as varchar) as parent_key, created_at, coalesce(is_deleted, false) as is_deleted, 4 as trust
    from {{ ref('int_leads') }}
),

records as (
    select * from companies
    union all
    select * from customers
    union all
    select * from people
    union all
    select * from leads
)

select accounts.account_id, accounts.rule, records.*
from records
inner join accounts using (source, instance, table_name, record_key)
