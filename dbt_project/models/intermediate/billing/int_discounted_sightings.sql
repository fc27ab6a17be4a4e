-- Items as the exports showed them, cut where a discount of their subscription begins or ends. Percents multiply, one
-- after the other; then amounts are taken off, shared by the items in proportion.
with sightings as (
    select * from {{ ref('int_item_sightings') }}
),

subscriptions as (
    select source, instance, record_key, coalesce(trial_end, started_at, created_at) as begins_at from {{ ref('int_subscriptions') }}
),

discounts as (
    select
        discounts.source,
        discounts.instance,
        discounts.subscription_key,
        coalesce(discounts.percent_off, coupons.percent_off) as percent_off,
        coalesce(discounts.amount_off, coupons.amount_off) as amount_off,
        coalesce(discounts.currency, coupons.currency) as currency,
        coalesce(discounts.duration, coupons.duration) as duration,
        greatest(coalesce(discounts.starts_at, subscriptions.begins_at), subscriptions.begins_at) as starts_at,
        coalesce(
            discounts.ends_at,
            case when coalesce(discounts.duration, coupons.duration) = 'repeating'
                then coalesce(discounts.starts_at, subscriptions.begins_at) + to_months(coupons.duration_months) end
        ) as ends_at
    from {{ ref('int_discounts') }} as discounts
    inner join subscriptions
        on discounts.source = subscriptions.source and discounts.instance = subscriptions.instance
        and discounts.subscription_key = subscriptions.record_key
    left join {{ ref('int_coupons') }} as coupons
        on discounts.source = coupons.source and discounts.instance = coupons.instance and discounts.coupon_key = coupons.record_key
),

-- a coupon for one invoice lasts as long as the item's interval
given as (
    select
        sightings.source, sightings.instance, sightings.subscription_key, sightings.item_key, sightings.covered_from,
        discounts.percent_off,
        case when discounts.currency = sightings.currency then discounts.amount_off end as amount_off,
        discounts.starts_at,
        coalesce(discounts.ends_at, case when discounts.duration = 'once'
            then {{ shift_interval('discounts.starts_at', 'sightings.interval_unit', 'sightings.interval_count') }} end, timestamptz '9999-12-31') as ends_at
    from sightings
    inner join discounts using (source, instance, subscription_key)
),

cuts as (
    select source, instance, subscription_key, item_key, covered_from, covered_from as cut_at from sightings
    union
    select source, instance, subscription_key, item_key, covered_from, unnest([starts_at, ends_at]) as cut_at from given
),

segments as (
    select
        sightings.* exclude (covered_from, covered_to),
        cuts.covered_from as span_from,
        cuts.cut_at as covered_from,
        least(sightings.covered_to, lead(cuts.cut_at) over (
            partition by cuts.source, cuts.instance, cuts.subscription_key, cuts.item_key, cuts.covered_from order by cuts.cut_at
        )) as covered_to
    from cuts
    inner join sightings using (source, instance, subscription_key, item_key, covered_from)
    where cuts.cut_at >= sightings.covered_from and cuts.cut_at < coalesce(sightings.covered_to, timestamptz '9999-12-31')
),

whole as (
    select
        segments.source, segments.instance, segments.subscription_key, segments.item_key, segments.covered_from,
        sum(others.annual_amount) as subscription_amount
    from segments
    inner join sightings as others
        on segments.source = others.source and segments.instance = others.instance
        and segments.subscription_key = others.subscription_key and segments.currency = others.currency
        and segments.covered_from >= others.covered_from and segments.covered_from < coalesce(others.covered_to, timestamptz '9999-12-31')
    group by all
),

running as (
    select
        segments.source, segments.instance, segments.subscription_key, segments.item_key, segments.covered_from,
        {{ decimal_product('1 - given.percent_off * cast(0.01 as decimal(3, 2))') }} as factor, -- noqa: PRS
        cast(sum(given.amount_off) as decimal(18, 4)) as amount_off
    from segments
    inner join given
        on segments.source = given.source and segments.instance = given.instance
        and segments.subscription_key = given.subscription_key and segments.item_key = given.item_key
        and segments.span_from = given.covered_from
        and segments.covered_from >= given.starts_at and segments.covered_from < given.ends_at
    group by all
),

discounted as (
    select
        segments.*,
        cast(segments.annual_amount * coalesce(running.factor, 1) as decimal(18, 4)) as after_percents,
        coalesce({{ divide_money(annualise('running.amount_off', 'segments.interval_unit', 'segments.interval_count') ~ ' * segments.annual_amount', 'whole.subscription_amount', 4) }}, 0) as amount_off
    from segments
    left join whole using (source, instance, subscription_key, item_key, covered_from)
    left join running using (source, instance, subscription_key, item_key, covered_from)
)

select
    * exclude (after_percents, amount_off),
    cast(annual_amount - greatest(after_percents - amount_off, 0) as decimal(18, 4)) as discount_annual_amount
from discounted
