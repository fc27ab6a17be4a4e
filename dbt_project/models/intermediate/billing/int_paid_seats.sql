-- Seats paid by each account as of the night, and what a seat costs a year; of a churned account, what it last paid.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

subscriptions as (
    select * from {{ ref('fct_subscriptions') }} where account_id <> 'unassigned'
),

items as (
    select
        source || ':' || instance || ':' || subscription_key as subscription_id,
        source || ':' || instance || ':' || price_key as price_id,
        currency,
        quantity,
        {{ annualise('unit_amount', 'interval_unit', 'interval_count') }} as seat_annual
    from {{ ref('int_subscription_items') }}
    where is_recurring and coalesce(usage_type, 'licensed') <> 'metered' and unit_amount > 0
),

-- a price that nobody ever took twice is a flat fee, not a seat's
sold_by_seat as (
    select price_id from items group by price_id having max(quantity) > 1
),

-- the ledger knows when an unpaid subscription stopped to count; the tool may still call it live
events as (
    select events.subscription_id, events.effective_at, events.status in ('active', 'past_due') as is_counted
    from {{ ref('fct_revenue_events') }} as events
    cross join night
    where events.effective_at <= night.built_as_of
),

last_counted as (
    select subscription_id, max(effective_at) as counted_at from events where is_counted group by subscription_id
),

last_events as (
    select events.subscription_id, min(events.effective_at) as ended_at
    from events
    inner join last_counted on events.subscription_id = last_counted.subscription_id and events.effective_at > last_counted.counted_at
    group by events.subscription_id
),

seats as (
    select
        subscriptions.account_id,
        subscriptions.subscription_id,
        coalesce(items.currency, subscriptions.currency) as currency,
        items.quantity,
        items.seat_annual,
        subscriptions.status not in ('cancelled', 'unpaid', 'incomplete') as is_running,
        coalesce(subscriptions.ended_at, last_events.ended_at) as ended_at,
        subscriptions.source || ':' || subscriptions.instance || ':' || subscriptions.table_name || ':' || subscriptions.record_key as evidence
    from subscriptions
    inner join items on subscriptions.subscription_id = items.subscription_id
    inner join sold_by_seat on items.price_id = sold_by_seat.price_id
    left join last_events on subscriptions.subscription_id = last_events.subscription_id
    where subscriptions.status <> 'incomplete'
)

select
    account_id,
    arg_max(subscription_id, (is_running, ended_at, subscription_id)) as subscription_id,
    arg_max(currency, (is_running, ended_at, subscription_id)) as currency,
    cast(coalesce(sum(quantity) filter (where is_running), 0) as decimal(18, 4)) as seats_paid,
    arg_max(seat_annual, (is_running, ended_at, subscription_id)) as seat_annual,
    case when not bool_or(is_running) then max(ended_at) end as ended_at,
    arg_max(evidence, (is_running, ended_at, subscription_id)) as evidence
from seats
group by account_id
