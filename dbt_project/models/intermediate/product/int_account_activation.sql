-- When each account signed up to the product, when it met the activation rule, and whether it fell silent.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

events as (
    select
        *,
        regexp_matches(lower(event), '{{ var("sign_up_events") }}') as is_sign_up,
        {% if var('activation_events') %}
        lower(event) in ({% for name in var('activation_events') %}lower('{{ name }}'){{ ', ' if not loop.last }}{% endfor %})
        {% else %}
        not regexp_matches(lower(event), '{{ var("sign_up_events") }}') and not regexp_matches(lower(event), '{{ var("passive_events") }}')
        {% endif %} as is_action
    from {{ ref('int_account_events') }}
    where account_id is not null
),

-- a tool that sends no sign-up event shows the first event of the account instead
sign_ups as (
    select
        account_id,
        coalesce(min(occurred_at) filter (where is_sign_up), min(occurred_at)) as signed_up_at,
        arg_min(person_id, (not is_sign_up, occurred_at, record_key)) as person_id,
        arg_min(source, (not is_sign_up, occurred_at, record_key)) as source,
        arg_min(instance, (not is_sign_up, occurred_at, record_key)) as instance,
        arg_min(table_name, (not is_sign_up, occurred_at, record_key)) as table_name,
        arg_min(record_key, (not is_sign_up, occurred_at, record_key)) as record_key,
        max(occurred_at) as last_event_at
    from events
    group by account_id
),

in_window as (
    select events.*, sign_ups.signed_up_at
    from events
    inner join sign_ups using (account_id)
    where events.is_action and events.occurred_at >= sign_ups.signed_up_at
        and events.occurred_at < sign_ups.signed_up_at + to_days({{ var('activation_days') }})
),

first_of_each_action as (
    select *
    from in_window
    qualify row_number() over (partition by account_id, event order by occurred_at, source, instance, table_name, record_key) = 1
),

counted as (
    select
        *,
        row_number() over (partition by account_id order by occurred_at, event) as place,
        count(*) over (partition by account_id) as actions
    from first_of_each_action
),

met as (
    select account_id, occurred_at as activated_at, source, instance, table_name, record_key
    from counted where place = {{ var('activation_distinct_events') }}
),

early as (
    select account_id, max(actions) as early_actions from counted group by account_id
),

used_later as (
    select distinct events.account_id
    from events
    inner join sign_ups using (account_id)
    where {{ reporting_date('events.occurred_at') }} > {{ reporting_date('sign_ups.signed_up_at') }}
        and events.occurred_at < sign_ups.signed_up_at + to_days({{ var('silent_sign_up_days') }})
)

select
    sign_ups.account_id,
    sign_ups.person_id,
    sign_ups.signed_up_at,
    coalesce(early.early_actions, 0) as early_actions,
    met.activated_at,
    met.activated_at is not null as is_activated,
    sign_ups.signed_up_at + to_days({{ var('activation_days') }}) <= night.built_as_of as is_window_closed,
    used_later.account_id is null and sign_ups.signed_up_at + to_days({{ var('silent_sign_up_days') }}) <= night.built_as_of as is_silent,
    sign_ups.last_event_at,
    sign_ups.source as sign_up_source,
    sign_ups.instance as sign_up_instance,
    sign_ups.table_name as sign_up_table,
    sign_ups.record_key as sign_up_key,
    met.source,
    met.instance,
    met.table_name,
    met.record_key
from sign_ups
cross join night
left join early on sign_ups.account_id = early.account_id
left join met on sign_ups.account_id = met.account_id
left join used_later on sign_ups.account_id = used_later.account_id
