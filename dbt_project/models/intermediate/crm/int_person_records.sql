-- Every record that describes a person, with the golden person and account.
with people as (
    select * from {{ ref('xref_people') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

contacts as (
    select
        source, instance, table_name, record_key, email, full_name, phone, title, lead_score, source_channel,
        consent_status, owner_key, created_at, coalesce(is_deleted, false) as is_deleted, 1 as trust
    from {{ ref('int_people') }}
),

leads as (
    select
        source, instance, table_name, record_key, email, full_name, phone, title, lead_score, source_channel,
        cast(null as varchar) as consent_status, owner_key, coalesce(first_contact_at, created_at) as created_at,
        coalesce(is_deleted, false) as is_deleted, 2 as trust
    from {{ ref('int_leads') }}
),

customers as (
    select
        source, instance, table_name, record_key, email, name as full_name, phone, cast(null as varchar) as title,
        cast(null as double) as lead_score, cast(null as varchar) as source_channel,
        cast(null as varchar) as consent_status, cast(null as varchar) as owner_key, created_at,
        coalesce(is_deleted, false) as is_deleted, 3 as trust
    from {{ ref('int_customers') }}
),

meetings as (
    select
        source, instance, table_name, record_key, invitee_email as email, invitee_name as full_name,
        cast(null as varchar) as phone, cast(null as varchar) as title, cast(null as double) as lead_score,
        source_channel, cast(null as varchar) as consent_status, cast(null as varchar) as owner_key,
        booked_at as created_at, false as is_deleted, 4 as trust
    from {{ ref('int_meetings') }}
),

records as (
    select * from contacts
    union all
    select * from leads
    union all
    select * from customers
    union all
    select * from meetings
)

select people.person_id, accounts.account_id, records.*
from records
inner join people using (source, instance, table_name, record_key)
inner join accounts using (source, instance, table_name, record_key)
