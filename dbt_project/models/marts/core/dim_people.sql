with records as (
    select
        *,
        row_number() over (
            partition by person_id order by is_deleted, trust, created_at nulls last, source, instance, table_name, record_key
        ) as place
    from {{ ref('int_person_records') }}
),

stages as (
    select person_id, arg_max(stage, (entered_at, stage_rank)) as stage
    from {{ ref('int_stage_evidence') }}
    where person_id is not null and stage_rank <= 7
    group by person_id
),

people as (
    select
        records.person_id,
        arg_min(account_id, place) as account_id,
        arg_min(full_name, place) filter (where full_name <> '') as full_name,
        arg_min(email, place) as email,
        arg_min(phone, place) as phone,
        arg_min(title, place) as title,
        cast(null as varchar) as role_in_buying,
        cast(max(lead_score) as double) as lead_score,
        arg_min(source, (created_at, source, instance, table_name, record_key)) filter (where created_at is not null) as first_source,
        arg_min(source_channel, (created_at, source, instance, table_name, record_key)) filter (where created_at is not null) as channel,
        arg_min(consent_status, place) as consent_status
    from records
    group by records.person_id
)

select
    people.person_id,
    people.account_id,
    people.full_name,
    people.email,
    people.phone,
    people.title,
    people.role_in_buying,
    people.lead_score,
    stages.stage,
    people.first_source,
    people.channel,
    people.consent_status
from people
left join stages using (person_id)
