-- Which span each subscription item covers, at which annual amount: from the lines that were billed, else as it was seen.
with subscriptions as (
    select * from {{ ref('int_subscriptions') }}
),

charges as (
    select
        *,
        lead(period_start) over (
            partition by source, instance, subscription_key, item_key order by period_start, issued_at nulls last, record_key
        ) as superseded_at
    from {{ ref('int_recurring_charges') }}
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
        and lines.period_end <= charges.period_end + interval 1 day
        and (not charges.is_proration or lines.period_start > charges.period_start)
    where lines.is_credit
    group by all
),

last_charges as (
    select source, instance, subscription_key, item_key, record_key, period_end from charges where superseded_at is null
),

current_items as (
    select distinct source, instance, subscription_key, item_key from {{ ref('int_subscription_items') }}
),

-- what is billed in arrears, or not yet again, goes on while the subscription has the item
going_on as (
    select last_charges.source, last_charges.instance, last_charges.record_key
    from last_charges
    inner join subscriptions
        on last_charges.source = subscriptions.source
        and last_charges.instance = subscriptions.instance
        and last_charges.subscription_key = subscriptions.record_key
        and subscriptions.status = 'active'
    left join current_items
        on last_charges.source = current_items.source
        and last_charges.instance = current_items.instance
        and last_charges.subscription_key = current_items.subscription_key
        and last_charges.item_key = current_items.item_key
    qualify last_charges.period_end = max(last_charges.period_end) over (
            partition by last_charges.source, last_charges.instance, last_charges.subscription_key
        )
        or current_items.item_key is not null
),

ended as (
    select
        charges.*,
        credits.credited_from,
        subscriptions.ended_at,
        credits.credited_from is null and going_on.record_key is not null as goes_on
    from charges
    left join credits using (source, instance, record_key)
    left join subscriptions
        on charges.source = subscriptions.source
        and charges.instance = subscriptions.instance
        and charges.subscription_key = subscriptions.record_key
    left join going_on
        on charges.source = going_on.source and charges.instance = going_on.instance and charges.record_key = going_on.record_key
),

billed as (
    select
        source, instance, table_name, record_key, subscription_key, item_key, currency, is_metered, annual_amount,
        discount_annual_amount,
        period_start as covered_from,
        -- least() passes over what is null
        least(case when not goes_on then period_end end, superseded_at, credited_from, ended_at) as covered_to,
        'observed' as basis
    from ended
)

select * from billed where covered_to is null or covered_to > covered_from
union all by name
select source, instance, table_name, record_key, subscription_key, item_key, currency, is_metered, annual_amount,
    discount_annual_amount, covered_from, covered_to, basis
from {{ ref('int_discounted_sightings') }}
where covered_to is null or covered_to > covered_from
