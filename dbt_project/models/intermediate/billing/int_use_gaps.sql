-- Seats used in the last days against seats paid, at the price of a seat for a year. Seats paid and not used are no gap.
{% set reasons = [
    ('use_above_plan', "case when rest > 0 and seats_paid > 0 then rest else 0 end"),
    ('churned_still_using', "case when rest > 0 then rest else 0 end"),
] %}
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

seats as (
    select * from {{ ref('int_paid_seats') }}
),

-- what a churned account did before its end was paid for
uses as (
    select
        events.account_id,
        coalesce(events.person_id, product_events.user_key, product_events.email) as user_id,
        events.occurred_at,
        events.source || ':' || events.instance || ':' || events.table_name || ':' || events.record_key as evidence
    from {{ ref('int_account_events') }} as events
    cross join night
    inner join {{ ref('int_product_events') }} as product_events using (source, instance, table_name, record_key)
    inner join seats on events.account_id = seats.account_id
    where events.occurred_at > night.built_as_of - to_days({{ var('seat_active_days') }}) and events.occurred_at <= night.built_as_of
        and (seats.seats_paid > 0 or events.occurred_at > seats.ended_at)
),

used as (
    select
        account_id,
        count(distinct user_id) as seats_used,
        min(occurred_at) as first_used_at,
        arg_max(evidence, (occurred_at, evidence)) as evidence
    from uses
    group by account_id
),

gaps as (
    select
        seats.account_id,
        seats.subscription_id,
        seats.currency,
        used.seats_used,
        seats.seats_paid,
        seats.seat_annual,
        cast(cast(seats.seats_paid as decimal(19, 4)) * cast(seats.seat_annual as decimal(18, 4)) as decimal(18, 4)) as billed,
        cast(cast(greatest(used.seats_used - seats.seats_paid, 0) as decimal(19, 4)) * cast(seats.seat_annual as decimal(18, 4)) as decimal(18, 4)) as gap,
        used.first_used_at,
        concat_ws(', ', seats.evidence, used.evidence) as evidence
    from seats
    inner join used on seats.account_id = used.account_id
),

{{ waterfall('gaps', reasons) }}
select * from explained where gap > 0
