-- What adds to each person's score: acts, which decay from when they were done, and facts, which stay.
with rules as (
    select fact, lower(value) as value, points, decays from {{ ref('int_company__lead_score_rules') }}
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
),

people as (
    select person_id, min(account_id) as account_id from {{ ref('int_person_records') }} group by person_id
),

acts as (
    select person_id, 'touch' as fact, kind as value, touched_at as happened_at from {{ ref('fct_touches') }}
    where person_id is not null
    union all
    select person_id, 'meeting' as fact, 'booked' as value, booked_at as happened_at from {{ ref('fct_meetings') }}
    where person_id is not null and booked_at is not null
),

facts as (
    select person_id, 'role' as fact, role as value from {{ ref('int_buying_roles') }}
    union all
    select people.person_id, 'size' as fact, accounts.segment as value
    from people
    inner join {{ ref('int_accounts') }} as accounts on people.account_id = accounts.account_id
)

select acts.person_id, acts.happened_at, rules.points, rules.decays
from acts
cross join night
inner join rules on acts.fact = rules.fact and acts.value = rules.value
where acts.happened_at <= night.built_as_of
union all
select facts.person_id, null as happened_at, rules.points, false as decays
from facts
inner join rules on facts.fact = rules.fact and facts.value = rules.value
