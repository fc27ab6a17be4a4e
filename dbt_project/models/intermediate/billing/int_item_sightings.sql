-- Items of subscriptions of which no invoice line tells: as the exports showed them, night by night.
with subscriptions as (
    select subscriptions.*
    from {{ ref('int_subscriptions') }} as subscriptions
    anti join {{ ref('int_recurring_lines') }} as lines
        on subscriptions.source = lines.source
        and subscriptions.instance = lines.instance
        and subscriptions.record_key = lines.subscription_key
    where not coalesce(subscriptions.is_deleted, false)
),

versions as (
    select source, instance, table_name, record_key, subscription_key, item_key, price_key, currency, amount, interval_unit,
        interval_count, is_recurring, usage_type, seen_on, change
    from {{ ref('int_subscription_item_versions') }}
),

-- a tool that is not delivered as snapshots shows only today
sightings as (
    select * from versions
    union all by name
    select source, instance, table_name, record_key, subscription_key, coalesce(item_key, product_key, record_key) as item_key,
        price_key, currency, coalesce(amount, cast(cast(quantity as decimal(19, 4)) * cast(unit_amount as decimal(19, 4)) as decimal(18, 4))) as amount,
        interval_unit, interval_count, is_recurring, usage_type, cast(null as date) as seen_on, 'inserted' as change
    from {{ ref('int_subscription_items') }} as items
    anti join versions
        on items.source = versions.source and items.instance = versions.instance and items.subscription_key = versions.subscription_key
),

priced as (
    select
        sightings.* exclude (amount, interval_unit, interval_count, is_recurring),
        subscriptions.status,
        subscriptions.ended_at,
        subscriptions.current_term_end,
        coalesce(subscriptions.trial_end, subscriptions.started_at, subscriptions.created_at) as begins_at,
        coalesce(sightings.currency, subscriptions.currency) as item_currency,
        coalesce(sightings.amount, prices.unit_amount) as amount,
        coalesce(sightings.interval_unit, prices.interval_unit) as interval_unit,
        coalesce(sightings.interval_count, prices.interval_count, 1) as interval_count,
        coalesce(sightings.is_recurring, prices.is_recurring, false) and change <> 'gone' as is_charged
    from sightings
    inner join subscriptions
        on sightings.source = subscriptions.source
        and sightings.instance = subscriptions.instance
        and sightings.subscription_key = subscriptions.record_key
    left join {{ ref('int_prices') }} as prices
        on sightings.source = prices.source and sightings.instance = prices.instance and sightings.price_key = prices.record_key
),

annual as (
    select
        *,
        case when is_charged then {{ annualise('amount', 'interval_unit', 'interval_count') }} else 0 end as annual_amount,
        {{ night_instant('seen_on') }} as seen_at,
        min(seen_on) over (partition by source, instance, subscription_key) as first_seen_on
    from priced
),

changes as (
    select * from annual
    window item as (partition by source, instance, subscription_key, item_key order by seen_on nulls first)
    qualify annual_amount is distinct from lag(annual_amount) over item or item_currency is distinct from lag(item_currency) over item
),

spans as (
    select
        *,
        seen_on is null or seen_on = first_seen_on as is_first,
        lead(seen_at) over (partition by source, instance, subscription_key, item_key order by seen_on nulls first) as next_seen_at
    from changes
),

undiscounted as (
    select
        source, instance, table_name, record_key, subscription_key, item_key, item_currency as currency,
        coalesce(usage_type = 'metered', false) as is_metered,
        annual_amount, interval_unit, interval_count,
        case when is_first then begins_at else greatest(seen_at, begins_at) end as covered_from,
        least(next_seen_at, ended_at, case when status = 'non_renewing' then current_term_end end) as covered_to,
        case when is_first then 'inferred' else 'snapshot' end as basis
    from spans
    where annual_amount > 0
)

select * from undiscounted
