-- The first time each unit (account, person, lead) entered each stage, with what reports cut by.
with accounts as (
    select account_id, segment, legal_entity from {{ ref('int_accounts') }}
),

channels as (
    select account_id, arg_min(source_channel, (created_at, source, instance, table_name, record_key)) filter (where created_at is not null) as channel from {{ ref('int_person_records') }} group by account_id
),

events as (
    select * from {{ ref('fct_stage_events') }}
),

account_stages as (
    select
        'account' as unit, account_id || ':' || pass_number as unit_id, account_id, path, stage, stage_rank,
        min(entered_at) as entered_at
    from events where stage_rank between 1 and 8
    group by all
),

person_stages as (
    select 'person' as unit, person_id as unit_id, any_value(account_id) as account_id, 'sales_led' as path, stage, stage_rank,
        min(entered_at) as entered_at
    from {{ ref('int_stage_evidence') }}
    where person_id is not null and stage_rank between 1 and 8
    group by person_id, stage, stage_rank
),

leads as (
    select
        leads.source || ':' || leads.instance || ':' || leads.record_key as unit_id,
        xref.account_id,
        coalesce(leads.first_contact_at, leads.created_at) as entered_at,
        leads.source,
        leads.instance,
        leads.table_name,
        leads.record_key,
        leads.converted_deal_key
    from {{ ref('int_leads') }} as leads
    left join {{ ref('xref_accounts') }} as xref using (source, instance, table_name, record_key)
    where not coalesce(leads.is_deleted, false)
),

won_leads as (
    select leads.unit_id, leads.account_id, min(deals.closed_at) as entered_at
    from leads
    inner join {{ ref('int_deals') }} as deals
        on leads.source = deals.source and leads.instance = deals.instance and deals.is_won
        and (
            (deals.person_table = leads.table_name and deals.person_key = leads.record_key)
            or deals.record_key = leads.converted_deal_key
        )
    group by all
),

lead_stages as (
    select 'lead' as unit, unit_id, account_id, 'sales_led' as path, 'lead' as stage, 2 as stage_rank, entered_at from leads
    union all
    select 'lead', unit_id, account_id, 'sales_led', 'won', 7, entered_at from won_leads
),

units as (
    select * from account_stages
    union all select * from person_stages
    union all select * from lead_stages
)

select
    units.*,
    coalesce(accounts.segment, 'unknown') as segment,
    coalesce(accounts.legal_entity, 'main') as legal_entity,
    coalesce(channels.channel, 'unknown') as channel
from units
left join accounts using (account_id)
left join channels using (account_id)
where units.entered_at is not null
