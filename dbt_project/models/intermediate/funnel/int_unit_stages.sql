-- The first time each unit (account, person, lead) entered each stage, with what reports cut by.
with accounts as (
    select account_id, segment, legal_entity, owner_id from {{ ref('int_accounts') }}
),

channels as (
    select * from {{ ref('int_account_channels') }}
),

events as (
    select * from {{ ref('fct_stage_events') }} where pass_kind = 'new_business' and not is_regression
),

account_stages as (
    select
        'account' as unit, account_id || ':' || pass_number as unit_id, account_id, path, stage, stage_rank,
        min(entered_at) as entered_at, arg_min(evidence, (entered_at, evidence = 'inferred')) = 'inferred' as is_inferred
    from events
    group by all
),

person_stages as (
    select 'person' as unit, person_id as unit_id, arg_min(account_id, (entered_at, account_id)) as account_id, 'sales_led' as path, stage, stage_rank,
        min(entered_at) as entered_at, false as is_inferred
    from {{ ref('int_stage_evidence') }}
    where person_id is not null and stage_rank between 1 and 8 and pass_kind = 'new_business'
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
        leads.converted_deal_key,
        leads.converted_company_key
    from {{ ref('int_leads') }} as leads
    left join {{ ref('xref_accounts') }} as xref using (source, instance, table_name, record_key)
    where not coalesce(leads.is_deleted, false)
),

won_deals as (
    select * from {{ ref('int_deals') }} where is_won and closed_at is not null and not coalesce(is_deleted, false)
),

-- a lead was won with the deal that names it, that it was converted into, or that its converted company won as new business
won_by_leads as (
    select leads.unit_id, leads.account_id, won_deals.closed_at
    from leads
    inner join won_deals
        on leads.source = won_deals.source and leads.instance = won_deals.instance
        and leads.table_name = won_deals.person_table and leads.record_key = won_deals.person_key
    union all
    select leads.unit_id, leads.account_id, won_deals.closed_at
    from leads
    inner join won_deals
        on leads.source = won_deals.source and leads.instance = won_deals.instance and leads.converted_deal_key = won_deals.record_key
    union all
    select leads.unit_id, leads.account_id, won_deals.closed_at
    from leads
    inner join won_deals
        on leads.source = won_deals.source and leads.instance = won_deals.instance
        and leads.converted_company_key = won_deals.company_key and coalesce(won_deals.deal_type, 'new') = 'new'
        and won_deals.created_at >= leads.entered_at
    where leads.converted_deal_key is null
),

won_leads as (
    select unit_id, account_id, min(closed_at) as entered_at from won_by_leads group by unit_id, account_id
),

lead_stages as (
    select 'lead' as unit, unit_id, account_id, 'sales_led' as path, 'lead' as stage, 2 as stage_rank, entered_at, false as is_inferred from leads
    union all
    select 'lead', unit_id, account_id, 'sales_led', 'won', 7, entered_at, false from won_leads
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
    coalesce(channels.channel, 'unknown') as channel,
    coalesce(accounts.owner_id, 'none') as owner_id
from units
left join accounts using (account_id)
left join channels using (account_id)
where units.entered_at is not null
