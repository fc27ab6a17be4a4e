-- What makes an account known to marketing: on the list of targets, a person with an address, a sign-up, a score.
with person_records as (
    select * from {{ ref('int_person_records') }}
),

marks as (
    select * from {{ ref('int_stage_marks') }}
),

-- the lifecycle that its own tool states: a subscriber is no lead yet, a lead since the marked day
marked_early as (
    select source, instance, table_name, record_key, bool_or(stage = 'lead') as is_lead
    from marks where stage in ('subscriber', 'lead') and evidence = 'observed'
    group by all
    union all
    select people.source, people.instance, people.table_name, people.record_key, false
    from {{ ref('int_people') }} as people
    anti join marks
        on people.source = marks.source and people.instance = marks.instance and people.table_name = marks.table_name
        and people.record_key = marks.record_key and marks.stage in ('subscriber', 'lead') and marks.evidence = 'observed'
    where lower(people.lifecycle_stage) = 'subscriber'
),

-- a record without a day of its own was known, at the latest, when an export first showed the person
first_seen as (
    select golden_id as person_id, cast(min(night) as timestamptz) as seen_at
    from {{ source('identity', 'changes') }}
    where entity_kind = 'person' and change = 'created'
    group by golden_id
),

known_people as (
    select
        person_records.* exclude (created_at),
        coalesce(person_records.created_at, first_seen.seen_at) as known_at,
        person_records.created_at is not null as has_a_day,
        email is not null or phone is not null or trust = 2 as is_reachable,
        trust = 2 or source_channel is not null or owner_key is not null as has_source,
        marked_early.record_key is not null as is_marked
    from person_records
    left join marked_early using (source, instance, table_name, record_key)
    left join first_seen on person_records.person_id = first_seen.person_id
    where person_records.trust <= 2
),

known as (
    select account_id, person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id,
        case when is_reachable and has_source and not is_marked then 'lead' else 'subscriber' end as stage,
        known_at as entered_at, case when has_a_day then 'observed' else 'snapshot' end as evidence, false as is_mark,
        has_a_day as is_dated, source, instance, table_name, record_key, case when is_reachable then 'created' else 'unidentifiable' end as field
    from known_people
),

signed_up as (
    select account_id, person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id, 'lead' as stage,
        signed_up_at as entered_at, 'observed' as evidence, false as is_mark, true as is_dated, sign_up_source as source,
        sign_up_instance as instance, sign_up_table as table_name, sign_up_key as record_key, 'signed up' as field
    from {{ ref('int_account_activation') }}
),

scores as (
    select
        *,
        lag(score) over (partition by source, instance, person_table, person_key order by scored_at) as score_before,
        min(scored_at) filter (where evidence = 'snapshot') over (partition by source, instance, person_table) as first_seen_at
    from {{ ref('int_lead_scores') }}
),

scored as (
    select person_records.account_id, person_records.person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id,
        'mql' as stage, scores.scored_at as entered_at, scores.evidence, false as is_mark,
        scores.evidence <> 'snapshot' or scores.scored_at > scores.first_seen_at as is_dated,
        scores.source, scores.instance, scores.person_table as table_name, scores.person_key as record_key, 'lead score' as field
    from scores
    inner join person_records
        on scores.source = person_records.source and scores.instance = person_records.instance
        and scores.person_table = person_records.table_name and scores.person_key = person_records.record_key
    where scores.score >= {{ var('mql_score') }} and coalesce(scores.score_before, 0) < {{ var('mql_score') }}
),

-- a company that marketing wants and of which nobody is known yet
targeted as (
    select accounts.account_id, cast(null as varchar) as person_id, 'new_business' as pass_kind, cast(null as varchar) as deal_id,
        'target' as stage, cast(sightings.first_night as timestamptz) as entered_at, 'snapshot' as evidence, false as is_mark,
        false as is_dated, 'company' as source, sightings.instance, 'target_accounts' as table_name, sightings.record_key,
        'target accounts' as field
    from {{ ref('int_accounts') }} as accounts
    inner join {{ ref('stg_company__target_sightings') }} as sightings on accounts.domain = sightings.domain
    anti join person_records
        on accounts.account_id = person_records.account_id
        and coalesce(person_records.created_at, cast(sightings.first_night as timestamptz)) <= cast(sightings.first_night + 1 as timestamptz)
)

select * from known
union all
select * from signed_up
union all
select * from scored
union all
select * from targeted
