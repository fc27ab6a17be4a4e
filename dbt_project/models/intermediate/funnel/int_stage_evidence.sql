-- Every proof that an account (and perhaps a person) entered a stage, with the source record that proves it.
with stages as (
    select stage, stage_rank from {{ ref('funnel_stages') }}
),

stage_map as (
    select * from {{ ref('int_company__stage_map') }}
),

person_records as (
    select * from {{ ref('int_person_records') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

known_people as (
    select account_id, person_id, 'lead' as stage, created_at as entered_at, 'observed' as evidence, source, instance,
        table_name, record_key, 'created' as field
    from person_records
    where created_at is not null and trust <= 2 and (email is not null or phone is not null or trust = 2)
),

lifecycle as (
    select
        accounts.account_id,
        person_records.person_id,
        stage_map.stage,
        marks.entered_at,
        marks.evidence,
        marks.source,
        marks.instance,
        marks.entity_table as table_name,
        marks.entity_key as record_key,
        marks.field
    from {{ ref('int_lifecycle_marks') }} as marks
    inner join stage_map
        on marks.source = stage_map.source and stage_map.entity = 'lifecycle' and lower(marks.stage) = stage_map.tool_stage
    inner join accounts
        on marks.source = accounts.source and marks.instance = accounts.instance
        and marks.entity_table = accounts.table_name and marks.entity_key = accounts.record_key
    left join person_records
        on marks.source = person_records.source and marks.instance = person_records.instance
        and marks.entity_table = person_records.table_name and marks.entity_key = person_records.record_key
    where marks.entered_at is not null
),

scored as (
    select person_records.account_id, person_records.person_id, 'mql' as stage, scores.scored_at as entered_at, scores.evidence,
        scores.source, scores.instance, scores.person_table as table_name, scores.person_key as record_key, 'lead score' as field
    from {{ ref('int_lead_scores') }} as scores
    inner join person_records
        on scores.source = person_records.source and scores.instance = person_records.instance
        and scores.person_table = person_records.table_name and scores.person_key = person_records.record_key
    where scores.score >= {{ var('mql_score') }}
),

touched as (
    select account_id, person_id, 'sal' as stage, occurred_at as entered_at, 'observed' as evidence, source, instance,
        table_name, record_key, kind as field
    from {{ ref('fct_activities') }}
    where not is_automatic and owner_id is not null and account_id is not null and occurred_at is not null
),

met as (
    select account_id, person_id, 'sql' as stage, starts_at as entered_at, 'observed' as evidence, source, instance,
        table_name, record_key, 'held' as field
    from {{ ref('fct_meetings') }}
    where is_held and account_id is not null
),

deals as (
    select * from {{ ref('fct_deals') }} where account_id is not null and deal_type = 'new'
),

opened as (
    select account_id, cast(null as varchar) as person_id, 'opportunity' as stage, created_at as entered_at,
        'observed' as evidence, source, instance, table_name, record_key, 'created' as field
    from deals where created_at is not null
),

won as (
    select account_id, cast(null as varchar) as person_id, 'won' as stage, closed_at as entered_at, 'observed' as evidence,
        source, instance, table_name, record_key, 'closed' as field
    from deals where is_won and closed_at is not null
),

billing as (
    select account_id, cast(null as varchar) as person_id, stage, entered_at, 'observed' as evidence, source, instance,
        table_name, record_key, reason as field
    from {{ ref('int_account_billing_stages') }}
),

evidence as (
    select * from known_people
    union all select * from lifecycle
    union all select * from scored
    union all select * from touched
    union all select * from met
    union all select * from opened
    union all select * from won
    union all select * from billing
)

select evidence.*, stages.stage_rank
from evidence
inner join stages using (stage)
