-- Who became marketing qualified by the company's own score, as evidence of the stage; none unless the setting says that it counts.
with crossings as (
    select
        *,
        coalesce(lag(score) over (partition by person_id order by scored_at nulls last), 0) as score_before
    from {{ ref('int_own_lead_scores') }}
),

-- the person's most trusted record stands for it
records as (
    select * from {{ ref('int_person_records') }}
    qualify row_number() over (
        partition by person_id order by is_deleted, trust, created_at nulls last, source, instance, table_name, record_key
    ) = 1
)

select
    records.account_id,
    crossings.person_id,
    'new_business' as pass_kind,
    cast(null as varchar) as deal_id,
    'mql' as stage,
    crossings.scored_at as entered_at,
    'observed' as evidence,
    false as is_mark,
    true as is_dated,
    records.source,
    records.instance,
    records.table_name,
    records.record_key,
    'own lead score' as field
from crossings
inner join records on crossings.person_id = records.person_id
where
    crossings.score >= {{ var('mql_score') }} and crossings.score_before < {{ var('mql_score') }}
    and {{ var('own_score_makes_mql') }}
