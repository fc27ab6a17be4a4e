-- The companies that marketing wants: who of them is known, what they did of late, and how far they are.
with targets as (
    select * from {{ ref('int_company__target_accounts') }}
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
),

-- the account of a domain: the company's own, else that of people who write from there; the one seen first stands for several
hosts as (
    select domain, account_id, 1 as trust, first_seen_at from {{ ref('int_accounts') }}
    where domain is not null and not is_deleted
    union all
    select {{ email_host('email') }} as domain, account_id, 2 as trust, created_at as first_seen_at
    from {{ ref('int_person_records') }}
    where email is not null and account_id is not null and not is_deleted
),

accounts as (
    select domain, account_id from hosts
    qualify row_number() over (partition by domain order by trust, first_seen_at nulls last, account_id) = 1
),

people as (
    select
        records.account_id,
        count(distinct records.person_id) as known_people,
        count(distinct case when roles.role = 'decision_maker' then records.person_id end) as decision_makers,
        count(distinct case when roles.role = 'champion' then records.person_id end) as champions,
        count(distinct case when roles.role = 'user' then records.person_id end) as users
    from {{ ref('int_person_records') }} as records
    left join {{ ref('int_buying_roles') }} as roles on records.person_id = roles.person_id
    where not records.is_deleted
    group by records.account_id
),

touches as (
    select
        touches.account_id,
        count(*) as touches_90_days,
        count(distinct touches.person_id) as engaged_people
    from {{ ref('fct_touches') }} as touches
    cross join night
    where touches.is_attributed and touches.touched_at > night.built_as_of - interval '90 days' and touches.touched_at <= night.built_as_of
    group by touches.account_id
),

last_touches as (
    select account_id, max(touched_at) as last_touched_at from {{ ref('fct_touches') }} where is_attributed group by account_id
),

meetings as (
    select account_id, count(*) as meetings_held from {{ ref('fct_meetings') }} where is_held group by account_id
),

stages as (
    select account_id, arg_max(stage, (entered_at, stage_rank)) as stage from {{ ref('fct_stage_events') }} group by account_id
)

select
    targets.domain,
    coalesce(golden.name, targets.name) as name,
    targets.tier,
    accounts.account_id,
    golden.owner_id,
    case when coalesce(people.known_people, 0) = 0 then 'target' else coalesce(stages.stage, 'target') end as stage,
    coalesce(people.known_people, 0) as known_people,
    coalesce(people.decision_makers, 0) as decision_makers,
    coalesce(people.champions, 0) as champions,
    coalesce(people.users, 0) as users,
    (
        cast(coalesce(people.decision_makers, 0) > 0 as integer) + cast(coalesce(people.champions, 0) > 0 as integer)
        + cast(coalesce(people.users, 0) > 0 as integer)
    ) / 3.0 as role_coverage,
    coalesce(touches.touches_90_days, 0) as touches_90_days,
    coalesce(touches.engaged_people, 0) as engaged_people_90_days,
    last_touches.last_touched_at,
    coalesce(meetings.meetings_held, 0) as meetings_held
from targets
left join accounts on targets.domain = accounts.domain
left join {{ ref('int_accounts') }} as golden on accounts.account_id = golden.account_id
left join people on accounts.account_id = people.account_id
left join touches on accounts.account_id = touches.account_id
left join last_touches on accounts.account_id = last_touches.account_id
left join meetings on accounts.account_id = meetings.account_id
left join stages on accounts.account_id = stages.account_id
