-- What each user of an account did on each day, event by event; names of events are written one way for all tools.
with events as (
    select
        *,
        {{ reporting_date('occurred_at') }} as usage_date,
        trim(regexp_replace(lower(event), '[^a-z0-9]+', '_', 'g'), '_') as event_name
    from {{ ref('int_account_events') }}
    where account_id is not null and not regexp_matches(event, '^[$](identify|set|create_alias|groupidentify|merge)')
)

select
    account_id,
    coalesce(person_id, user_id, account_id) as user_id,
    min(person_id) as person_id,
    source,
    instance,
    usage_date,
    event_name,
    regexp_matches(lower(min(event)), '{{ var("sign_up_events") }}') as is_sign_up,
    regexp_matches(lower(min(event)), '{{ var("passive_events") }}') as is_passive,
    count(*) as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at
from events
group by account_id, coalesce(person_id, user_id, account_id), source, instance, usage_date, event_name
