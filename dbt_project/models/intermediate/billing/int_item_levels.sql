-- The annual amount and the status of each subscription item from each instant at which either changes.
with coverage as (
    select * from {{ ref('int_item_coverage') }}
),

lapses as (
    select * from {{ ref('int_subscription_lapses') }}
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
),

instants as (
    select source, instance, subscription_key, item_key, currency, covered_from as effective_at from coverage
    union
    select source, instance, subscription_key, item_key, currency, covered_to from coverage where covered_to is not null
    union
    select coverage.source, coverage.instance, coverage.subscription_key, coverage.item_key, coverage.currency, lapses.lapsed_from
    from coverage inner join lapses using (source, instance, subscription_key)
    union
    select coverage.source, coverage.instance, coverage.subscription_key, coverage.item_key, coverage.currency, lapses.lapsed_to
    from coverage inner join lapses using (source, instance, subscription_key)
    where lapses.lapsed_to is not null
),

active as (
    select
        instants.*,
        coverage.table_name,
        coverage.record_key,
        coverage.annual_amount,
        coverage.discount_annual_amount,
        coverage.is_metered,
        coverage.basis,
        row_number() over (
            partition by instants.source, instants.instance, instants.subscription_key, instants.item_key,
                instants.currency, instants.effective_at
            order by coverage.covered_from desc, coverage.record_key desc
        ) as place
    from instants
    cross join night
    left join coverage
        on instants.source = coverage.source
        and instants.instance = coverage.instance
        and instants.subscription_key = coverage.subscription_key
        and instants.item_key = coverage.item_key
        and instants.currency = coverage.currency
        and instants.effective_at >= coverage.covered_from
        and instants.effective_at < coalesce(coverage.covered_to, timestamptz '9999-12-31')
    where instants.effective_at <= night.built_as_of
),

lapsed as (
    select active.*, max(lapses.reason) as lapse_reason
    from active
    left join lapses
        on active.source = lapses.source
        and active.instance = lapses.instance
        and active.subscription_key = lapses.subscription_key
        and active.effective_at >= lapses.lapsed_from
        and active.effective_at < coalesce(lapses.lapsed_to, timestamptz '9999-12-31')
    where active.place = 1
    group by all
),

levels as (
    select
        source, instance, subscription_key, item_key, currency, effective_at, table_name, record_key,
        coalesce(annual_amount, 0) as annual_amount,
        coalesce(discount_annual_amount, 0) as discount_annual_amount,
        case
            when coalesce(annual_amount, 0) <= coalesce(discount_annual_amount, 0) then 'ended'
            when lapse_reason is not null then lapse_reason
            when is_metered then 'metered'
            else 'active'
        end as status,
        basis
    from lapsed
),

changes as (
    select
        *,
        lag(annual_amount) over item as annual_before,
        lag(discount_annual_amount) over item as discount_before,
        lag(status, 1, 'ended') over item as status_before
    from levels
    window item as (partition by source, instance, subscription_key, item_key, currency order by effective_at)
)

select * exclude (annual_before, discount_before), coalesce(annual_before, 0) as annual_before, coalesce(discount_before, 0) as discount_before
from changes
where annual_amount <> coalesce(annual_before, 0) or discount_annual_amount <> coalesce(discount_before, 0)
    or status <> status_before
