-- Each lead with both clocks: created → assigned → first human touch. A person of several records is one lead.
-- Contacts are leads in a tool that has owners and no leads of its own; who signed up in the product and was never given to anybody
-- came by themselves.
with lead_records as (
    select source, instance, table_name, record_key, owner_key, created_at, assigned_at, source_channel
    from {{ ref('int_leads') }} where not coalesce(is_deleted, false)
    union all
    select source, instance, table_name, record_key, owner_key, created_at, assigned_at, source_channel
    from {{ ref('int_people') }}
    where not coalesce(is_deleted, false)
        and source in (select distinct source from {{ ref('int_owners') }})
        and source not in (select distinct source from {{ ref('int_leads') }})
),

identified as (
    select lead_records.*, people.person_id, accounts.account_id, owners.owner_id
    from lead_records
    inner join {{ ref('xref_people') }} as people using (source, instance, table_name, record_key)
    left join {{ ref('xref_accounts') }} as accounts using (source, instance, table_name, record_key)
    left join {{ ref('int_owner_ids') }} as owners using (source, instance, owner_key)
    anti join {{ ref('int_internal_accounts') }} as internal on accounts.account_id = internal.account_id
    where lead_records.created_at is not null
),

leads as (
    select
        person_id,
        arg_min(account_id, (created_at, source, instance, table_name, record_key)) as account_id,
        arg_min(owner_id, (assigned_at is null, created_at, source, instance, table_name, record_key)) as owner_id,
        arg_min(source_channel, (source_channel is null, created_at, source, instance, table_name, record_key)) as source_channel,
        arg_min(source, (created_at, source, instance, table_name, record_key)) as source,
        arg_min(instance, (created_at, source, instance, table_name, record_key)) as instance,
        arg_min(table_name, (created_at, source, instance, table_name, record_key)) as table_name,
        arg_min(record_key, (created_at, source, instance, table_name, record_key)) as record_key,
        min(created_at) as created_at,
        min(assigned_at) as assigned_at
    from identified
    group by person_id
),

human_touches as (
    select person_id, occurred_at as touched_at, owner_id from {{ ref('fct_activities') }} where is_touch and person_id is not null
    union all
    select person_id, starts_at, cast(null as varchar) from {{ ref('fct_meetings') }} where is_held and person_id is not null
),

first_touches as (
    select
        leads.person_id,
        min(human_touches.touched_at) as touched_at,
        arg_min(human_touches.owner_id, (human_touches.touched_at, human_touches.owner_id)) as touched_by
    from leads
    inner join human_touches on leads.person_id = human_touches.person_id and human_touches.touched_at >= leads.created_at
    group by leads.person_id
),

signed_up as (
    select distinct person_id from {{ ref('int_usage_daily') }} where is_sign_up and person_id is not null
)

select
    leads.*,
    first_touches.touched_at,
    coalesce(first_touches.touched_by, leads.owner_id) as worked_by
from leads
left join first_touches on leads.person_id = first_touches.person_id
left join signed_up on leads.person_id = signed_up.person_id
where leads.assigned_at is not null or first_touches.touched_at is not null or signed_up.person_id is null
