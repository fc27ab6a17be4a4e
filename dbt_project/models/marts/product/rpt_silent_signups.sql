-- Who signed up and did nothing after the first day for two weeks, by name; some come back later.
with people as (
    select
        person_id,
        arg_min(full_name, (full_name is null, trust, source, instance, record_key)) as full_name,
        arg_min(email, (email is null, trust, source, instance, record_key)) as email
    from {{ ref('int_person_records') }}
    group by person_id
)

select
    sign_ups.account_id,
    sign_ups.account_name,
    sign_ups.person_id,
    people.full_name,
    people.email,
    sign_ups.owner_id,
    sign_ups.segment,
    sign_ups.signed_up_at,
    sign_ups.early_actions > 0 as did_something_on_day_0,
    sign_ups.last_day > 0 as came_back_later,
    sign_ups.last_event_at,
    cast(sign_ups.mrr as decimal(18, 6)) as mrr
from {{ ref('int_sign_ups') }} as sign_ups
left join people on sign_ups.person_id = people.person_id
where sign_ups.is_silent
