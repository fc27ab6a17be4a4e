-- Every record of a person with what it says of her, in the order in which it is believed: live before deleted,
-- a contact before a lead before a billing customer before a meeting, then the oldest. Of where she came from marketing's tools
-- are believed first.
with records as (
    select * from {{ ref('int_person_records') }}
),

-- a role's mailbox is no person; its owner is one if a record of sales or marketing names her (a billing tool names the company)
judged as (
    select
        records.*,
        guards.value is not null
        and (records.trust = 3 or nullif(records.full_name, '') is null or records.full_name like '%@%') as is_mailbox
    from records
    left join {{ source('identity', 'guards') }} as guards
        on guards.kind = 'role' and split_part(split_part(lower(trim(records.email)), '@', 1), '+', 1) = guards.value
),

marketing as (
    select distinct source as marketing_source from {{ source('ops', 'sources') }} where owner = 'marketing'
)

select
    person_id,
    source,
    instance,
    table_name,
    record_key,
    case trust when 1 then 'contact' when 2 then 'lead' when 3 then 'billing customer' else 'meeting' end as said_in,
    account_id,
    nullif(full_name, '') as full_name,
    email,
    phone,
    title,
    lead_score,
    consent_status,
    case when created_at is not null then source end as first_source,
    case when created_at is not null then nullif(trim(source_channel), '') end as channel,
    marketing.marketing_source is not null as is_marketing,
    bool_or(not is_mailbox) over (partition by person_id) as is_person,
    created_at,
    row_number() over (
        partition by person_id order by is_deleted, trust, created_at nulls last, source, instance, table_name, record_key
    ) as most_believed,
    row_number() over (
        partition by person_id order by created_at nulls last, source, instance, table_name, record_key
    ) as earliest,
    row_number() over (
        partition by person_id
        order by marketing.marketing_source is null, created_at nulls last, source, instance, table_name, record_key
    ) as marketing_first,
    row_number() over (
        partition by person_id order by lead_score desc nulls last, source asc, instance asc, table_name asc, record_key asc
    ) as highest
from judged
left join marketing on judged.source = marketing.marketing_source
