-- Every proof that an account (and perhaps a person) entered a stage, with the source record that proves it.
with stages as (
    select stage, stage_rank from {{ ref('funnel_stages') }}
),

known as (
    select * from {{ ref('int_known_people') }}
),

marked as (
    select account_id, person_id, pass_kind, deal_id, stage, entered_at, evidence, true as is_mark, is_dated, source, instance,
        table_name, record_key, field
    from {{ ref('int_stage_marks') }}
),

touched as (
    select account_id, person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id, 'sal' as stage,
        occurred_at as entered_at, 'observed' as evidence, false as is_mark, true as is_dated, source, instance, table_name,
        record_key, kind as field
    from {{ ref('fct_activities') }}
    where is_touch and account_id is not null and occurred_at is not null
),

met as (
    select account_id, person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id, 'sql' as stage,
        starts_at as entered_at, 'observed' as evidence, false as is_mark, true as is_dated, source, instance, table_name,
        record_key, 'held' as field
    from {{ ref('fct_meetings') }}
    where is_held and account_id is not null
),

deals as (
    select *, case when deal_type = 'new' then 'new_business' else 'customer' end as pass_kind
    from {{ ref('fct_deals') }} where account_id is not null
),

opened as (
    select account_id, cast(null as varchar) as person_id, pass_kind, deal_id, 'opportunity' as stage, created_at as entered_at,
        'observed' as evidence, false as is_mark, true as is_dated, source, instance, table_name, record_key, 'created' as field
    from deals where created_at is not null
),

won as (
    select account_id, cast(null as varchar) as person_id, pass_kind, deal_id, 'won' as stage, closed_at as entered_at,
        'observed' as evidence, false as is_mark, true as is_dated, source, instance, table_name, record_key, 'closed' as field
    from deals where is_won and closed_at is not null
),

billing as (
    select account_id, stage, entered_at, 'observed' as evidence, source, instance, table_name, record_key, reason as field
    from {{ ref('int_account_billing_stages') }}
    union all
    select account_id, 'live', entered_at, evidence, source, instance, table_name, record_key, field from {{ ref('int_account_live') }}
    union all
    select account_id, 'renewed', renewed_at, 'observed', source, instance, table_name, record_key, field
    from {{ ref('int_account_renewals') }}
    union all
    select account_id, 'activated', activated_at, 'observed', source, instance, table_name, record_key, 'activation rule met'
    from {{ ref('int_account_activation') }} where is_activated
),

customer as (
    select account_id, cast(null as varchar) as person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id, stage,
        entered_at, evidence, false as is_mark, true as is_dated, source, instance, table_name, record_key, field
    from billing
),

evidence as (
    select * from known
    union all select * from marked
    union all select * from {{ ref('int_own_score_marks') }}
    union all select * from touched
    union all select * from met
    union all select * from opened
    union all select * from won
    union all select * from customer
)

select evidence.*, stages.stage_rank
from evidence
inner join stages using (stage)
