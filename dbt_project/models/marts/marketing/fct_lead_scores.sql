-- Every score that a person ever had: by the company's own rules, and by each tool as its exports showed it.
with own as (
    select person_id, 'onefunnel' as scored_by, score, scored_at, 'computed' as evidence from {{ ref('int_own_lead_scores') }}
),

tools as (
    select people.person_id, scores.source as scored_by, max(scores.score) as score, scores.scored_at, min(scores.evidence) as evidence
    from {{ ref('int_lead_scores') }} as scores
    inner join {{ ref('xref_people') }} as people
        on scores.source = people.source and scores.instance = people.instance
        and scores.person_table = people.table_name and scores.person_key = people.record_key
    where scores.scored_at is not null
    group by people.person_id, scores.source, scores.scored_at
),

scores as (
    select * from own
    union all
    select * from tools
),

accounts as (
    select person_id, min(account_id) as account_id from {{ ref('int_person_records') }} group by person_id
)

select
    scores.person_id,
    accounts.account_id,
    scores.scored_by,
    scores.scored_at,
    cast(scores.score as double) as score,
    scores.evidence,
    coalesce(
        scores.score >= {{ var('mql_score') }} and coalesce(lag(scores.score) over path, 0) < {{ var('mql_score') }}, false
    ) as reaches_mql,
    lead(scores.scored_at) over path is null as is_latest
from scores
left join accounts on scores.person_id = accounts.person_id
window path as (partition by scores.person_id, scores.scored_by order by scores.scored_at nulls last)
