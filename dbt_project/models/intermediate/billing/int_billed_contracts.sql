-- What billing charges for a year, per account and currency, as of the night. A discount still within the span that was
-- agreed is part of the contract, and a pause ends none: what is compared with the CRM is the amount that it goes back to.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

subscriptions as (
    select * from {{ ref('fct_subscriptions') }}
),

-- of several coupons on a subscription the last to end is what was agreed; one without an end never runs past it
agreed as (
    select source || ':' || instance || ':' || subscription_key as subscription_id, max(ends_at) as discount_ends_at
    from {{ ref('int_discounts') }}
    group by source || ':' || instance || ':' || subscription_key
    having count(*) = count(ends_at)
),

events as (
    select events.* from {{ ref('fct_revenue_events') }} as events
    cross join night
    where events.effective_at <= night.built_as_of and events.account_id <> 'unassigned'
),

items as (
    select
        source || ':' || instance || ':' || subscription_key as subscription_id,
        currency,
        price_key,
        quantity,
        {{ annualise('coalesce(amount, cast(quantity as decimal(19, 4)) * cast(unit_amount as decimal(19, 4)))', 'interval_unit', 'interval_count') }} as annual_amount,
        {{ annualise('unit_amount', 'interval_unit', 'interval_count') }} as unit_annual
    from {{ ref('int_subscription_items') }}
    where is_recurring and coalesce(usage_type, 'licensed') <> 'metered'
),

latest as (
    select * from events
    qualify row_number() over (partition by item_id, currency order by effective_at desc) = 1
),

charged as (
    select
        latest.account_id,
        latest.currency,
        latest.subscription_id,
        latest.annual_amount as gross,
        case when agreed.discount_ends_at > night.built_as_of then 0 else latest.discount_annual_amount end as discount,
        case when agreed.discount_ends_at <= night.built_as_of then latest.discount_annual_amount else 0 end as discount_past_end
    from latest
    cross join night
    left join subscriptions on latest.subscription_id = subscriptions.subscription_id
    left join agreed on latest.subscription_id = agreed.subscription_id
    where latest.annual_amount > 0 and latest.status in ('active', 'past_due', 'collection_paused', 'ended')
        and coalesce(subscriptions.status, 'active') not in ('unpaid', 'paused', 'cancelled', 'incomplete', 'in_trial')
    union all
    select subscriptions.account_id, coalesce(items.currency, subscriptions.currency), subscriptions.subscription_id, items.annual_amount, 0, 0
    from subscriptions
    inner join items on subscriptions.subscription_id = items.subscription_id
    where subscriptions.status = 'paused' and items.annual_amount > 0
),

by_subscription as (
    select charged.account_id, charged.currency, charged.subscription_id, sum(gross) as gross, sum(discount) as discount, sum(discount_past_end) as discount_past_end,
        any_value(subscriptions.started_at) as started_at
    from charged
    left join subscriptions on charged.subscription_id = subscriptions.subscription_id
    group by all
),

-- the same amount charged by two subscriptions of one account at once; the younger one is the second
twins as (
    select account_id, currency, sum(net_amount) filter (where place > 1) as doubled, max(subscription_id) filter (where place > 1) as twin_id
    from (
        select *, gross - discount as net_amount,
            row_number() over (partition by account_id, currency, gross - discount order by started_at nulls last, subscription_id) as place
        from by_subscription where gross > discount
    )
    group by account_id, currency
),

first_billed as (
    select account_id, currency, min(effective_at) as first_billed_at from events
    where annual_amount > discount_annual_amount group by account_id, currency
),

first_seats as (
    select subscriptions.account_id, lines.currency, arg_min(lines.price_key, (lines.period_start, lines.record_key)) as first_price,
        arg_min(lines.quantity, (lines.period_start, lines.record_key)) as first_quantity
    from {{ ref('int_invoice_lines') }} as lines
    inner join subscriptions
        on lines.source = subscriptions.source and lines.instance = subscriptions.instance and lines.subscription_key = subscriptions.record_key
    where lines.is_recurring and lines.amount > 0 and not coalesce(lines.is_proration, false)
    group by all
),

seats_now as (
    select by_subscription.account_id, by_subscription.currency, any_value(items.price_key) as price_key, any_value(items.quantity) as quantity,
        any_value(items.unit_annual) as unit_annual
    from by_subscription
    inner join items on by_subscription.subscription_id = items.subscription_id
    group by by_subscription.account_id, by_subscription.currency
    having count(*) = 1
),

every_currency as (
    select account_id, currency from subscriptions where account_id <> 'unassigned' and currency is not null
    union
    select account_id, currency from by_subscription
    union
    select account_id, currency from first_billed
),

records as (
    select account_id, string_agg(source || ':' || instance || ':' || table_name || ':' || record_key, ', ' order by subscription_id) as evidence,
        arg_max(subscription_id, (started_at, subscription_id)) as last_subscription_id
    from subscriptions group by account_id
),

amounts as (
    select account_id, currency, sum(gross) as gross, sum(discount) as discount, sum(discount_past_end) as discount_past_end,
        arg_max(subscription_id, (gross, subscription_id)) as subscription_id
    from by_subscription group by account_id, currency
)

select
    every_currency.account_id,
    every_currency.currency,
    coalesce(twins.twin_id, amounts.subscription_id, records.last_subscription_id) as subscription_id,
    cast(coalesce(amounts.gross - amounts.discount, 0) as decimal(18, 4)) as billed,
    cast(coalesce(amounts.gross, 0) as decimal(18, 4)) as gross,
    cast(coalesce(amounts.discount_past_end, 0) as decimal(18, 4)) as discount_past_end,
    cast(coalesce(twins.doubled, 0) as decimal(18, 4)) as doubled,
    first_billed.first_billed_at,
    cast(seats_now.unit_annual as decimal(18, 4)) as unit_annual,
    coalesce(seats_now.price_key = first_seats.first_price and seats_now.quantity <> first_seats.first_quantity, false) as has_other_seats,
    records.evidence
from every_currency
left join records using (account_id)
left join amounts using (account_id, currency)
left join twins using (account_id, currency)
left join first_billed using (account_id, currency)
left join first_seats using (account_id, currency)
left join seats_now using (account_id, currency)
