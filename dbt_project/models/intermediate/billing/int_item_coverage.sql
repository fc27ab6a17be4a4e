-- Which span each subscription item covers, at which annual amount: from the lines that were billed, else as it was seen.
-- Charges that follow each other at the same amount are one span, told by the first of them.
with lapsed as (
    select distinct source, instance, subscription_key from {{ ref('int_subscription_lapses') }}
),

subscriptions as (
    select subscriptions.source, subscriptions.instance, subscriptions.record_key, subscriptions.status, subscriptions.ended_at, lapsed.source is not null as has_lapses
    from {{ ref('int_subscriptions') }} as subscriptions
    left join lapsed
        on subscriptions.source = lapsed.source and subscriptions.instance = lapsed.instance
        and subscriptions.record_key = lapsed.subscription_key
),

charges as (
    select * from {{ ref('int_recurring_charges') }}
),

-- a credit ends the charge of the same price that it takes back; one charged anew at that instant is not it
credits as (
    select
        charges.source, charges.instance, charges.record_key, min(lines.period_start) as credited_from
    from charges
    inner join {{ ref('int_recurring_lines') }} as lines
        on charges.source = lines.source
        and charges.instance = lines.instance
        and charges.subscription_key = lines.subscription_key
        and charges.item_key = lines.item_key
        and coalesce(charges.price_key, '') = coalesce(lines.price_key, '')
        and lines.period_start >= charges.period_start
        and lines.period_start < charges.period_end
        and lines.period_end - interval 1 day <= charges.period_end
        and (not charges.is_proration or lines.period_start > charges.period_start)
    where lines.is_credit
    group by charges.source, charges.instance, charges.record_key
),

endings as (
    select
        charges.source, charges.instance, charges.table_name, charges.record_key, charges.subscription_key, charges.item_key,
        charges.currency, charges.is_metered, charges.annual_amount, charges.discount_annual_amount, charges.issued_at,
        charges.period_start, charges.period_end, credits.credited_from, subscriptions.ended_at, subscriptions.status,
        -- least() passes over what is null
        least(charges.period_end, credits.credited_from, subscriptions.ended_at) as stands_to,
        coalesce(subscriptions.has_lapses, false) as has_lapses
    from charges
    left join credits
        on charges.source = credits.source and charges.instance = credits.instance and charges.record_key = credits.record_key
    left join subscriptions
        on charges.source = subscriptions.source
        and charges.instance = subscriptions.instance
        and charges.subscription_key = subscriptions.record_key
),

in_order as (
    select
        *,
        lead(period_start) over item_charges as superseded_at,
        lag(stands_to) over item_charges as stood_to,
        -- a lapse is told by the charge that it falls into, so there every charge stays
        coalesce(
            not has_lapses
            and lag(annual_amount) over item_charges = annual_amount
            and lag(discount_annual_amount) over item_charges = discount_annual_amount
            and lag(is_metered) over item_charges = is_metered
            and lag(currency) over item_charges is not distinct from currency
            and lag(period_start) over item_charges < period_start
            and lag(stands_to) over item_charges >= period_start
            and stands_to > period_start
            and coalesce(lead(period_start) over item_charges > period_start, true),
            false
        ) as continues
    from endings
    window item_charges as (
        partition by source, instance, subscription_key, item_key order by period_start, issued_at nulls last, record_key
    )
),

firsts_and_lasts as (
    select * from in_order where not continues or superseded_at is null
),

current_items as (
    select distinct source, instance, subscription_key, item_key from {{ ref('int_subscription_items') }}
),

-- what is billed in arrears, or not yet again, goes on while the subscription has the item
going_on as (
    select lasts.source, lasts.instance, lasts.record_key
    from firsts_and_lasts as lasts
    left join current_items
        on lasts.source = current_items.source
        and lasts.instance = current_items.instance
        and lasts.subscription_key = current_items.subscription_key
        and lasts.item_key = current_items.item_key
    where lasts.superseded_at is null and lasts.status = 'active'
    qualify lasts.period_end = max(lasts.period_end) over (partition by lasts.source, lasts.instance, lasts.subscription_key)
        or current_items.item_key is not null
),

ended as (
    select
        firsts_and_lasts.*,
        case
            when firsts_and_lasts.credited_from is null and going_on.record_key is not null then firsts_and_lasts.ended_at
            else least(firsts_and_lasts.stands_to, firsts_and_lasts.superseded_at)
        end as own_end
    from firsts_and_lasts
    left join going_on
        on firsts_and_lasts.source = going_on.source
        and firsts_and_lasts.instance = going_on.instance
        and firsts_and_lasts.record_key = going_on.record_key
),

-- a span ends with the last charge before the next span, or with the item's last
spans as (
    select
        *,
        case
            when lead(record_key) over item_charges is null then own_end
            when lead(continues) over item_charges then lead(own_end) over item_charges
            else least(lead(stood_to) over item_charges, lead(period_start) over item_charges)
        end as covered_to
    from ended
    window item_charges as (
        partition by source, instance, subscription_key, item_key order by period_start, issued_at nulls last, record_key
    )
),

billed as (
    select
        source, instance, table_name, record_key, subscription_key, item_key, currency, is_metered, annual_amount,
        discount_annual_amount, period_start as covered_from, covered_to, 'observed' as basis
    from spans
    where not continues
)

select * from billed where covered_to is null or covered_to > covered_from
union all by name
select source, instance, table_name, record_key, subscription_key, item_key, currency, is_metered, annual_amount,
    discount_annual_amount, covered_from, covered_to, basis
from {{ ref('int_discounted_sightings') }}
where covered_to is null or covered_to > covered_from
