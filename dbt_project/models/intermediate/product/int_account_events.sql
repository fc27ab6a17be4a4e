-- Every product event with the account and person that it belongs to: by the tool's account, its user, or the user's e-mail.
with events as (
    select * from {{ ref('int_product_events') }} where occurred_at is not null
),

accounts as (
    select source, instance, table_name, record_key, account_id from {{ ref('xref_accounts') }}
),

people as (
    select source, instance, table_name, record_key, person_id from {{ ref('xref_people') }}
),

addresses as (
    select
        lower(trim(email)) as email,
        arg_min(account_id, (trust, source, instance, table_name, record_key)) as account_id,
        arg_min(person_id, (trust, source, instance, table_name, record_key)) as person_id
    from {{ ref('int_person_records') }}
    where email is not null
    group by lower(trim(email))
)

select
    coalesce(by_account.account_id, by_user.account_id, by_event.account_id, addresses.account_id) as account_id,
    coalesce(user_people.person_id, event_people.person_id, addresses.person_id) as person_id,
    events.source,
    events.instance,
    events.table_name,
    events.record_key,
    events.source || ':' || events.instance || ':' || coalesce(events.user_key, events.email) as user_id,
    events.event,
    events.occurred_at
from events
left join accounts as by_account
    on events.source = by_account.source and events.instance = by_account.instance
    and events.account_table = by_account.table_name and events.account_key = by_account.record_key
left join accounts as by_user
    on events.source = by_user.source and events.instance = by_user.instance
    and events.user_table = by_user.table_name and events.user_key = by_user.record_key
left join accounts as by_event
    on events.source = by_event.source and events.instance = by_event.instance
    and events.table_name = by_event.table_name and events.record_key = by_event.record_key
left join people as user_people
    on events.source = user_people.source and events.instance = user_people.instance
    and events.user_table = user_people.table_name and events.user_key = user_people.record_key
left join people as event_people
    on events.source = event_people.source and events.instance = event_people.instance
    and events.table_name = event_people.table_name and events.record_key = event_people.record_key
left join addresses on lower(trim(events.email)) = addresses.email
