with activities as (
    select * from {{ ref('int_activities') }}
),

records as (
    select source, instance, table_name, record_key, person_id, account_id from {{ ref('int_person_records') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
)

select
    activities.source || ':' || activities.instance || ':' || activities.table_name || ':' || activities.record_key as activity_id,
    coalesce(by_company.account_id, records.account_id) as account_id,
    records.person_id,
    owners.owner_id,
    activities.source,
    activities.instance,
    activities.table_name,
    activities.record_key,
    activities.kind,
    activities.occurred_at,
    activities.direction,
    activities.outcome,
    coalesce(activities.is_automatic, false) as is_automatic,
    coalesce(activities.is_done, true) and not coalesce(activities.is_automatic, false)
    and coalesce(activities.direction <> 'inbound', true) and owners.owner_id is not null as is_touch
from activities
left join records
    on activities.source = records.source and activities.instance = records.instance
    and activities.person_table = records.table_name and activities.person_key = records.record_key
left join accounts as by_company
    on activities.source = by_company.source and activities.instance = by_company.instance
    and activities.company_table = by_company.table_name and activities.company_key = by_company.record_key
left join {{ ref('int_owner_ids') }} as owners
    on activities.source = owners.source and activities.instance = owners.instance and activities.owner_key = owners.owner_key
