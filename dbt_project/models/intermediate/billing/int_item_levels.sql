-- The annual amount and the status of each subscription item from each instant at which either changes.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

coverage as (
    select * from {{ ref('int_item_coverage') }}
),

lapses as (
    select * from {{ ref('int_subscription_lapses') }}
),

lapse_instants as (
    select source, instance, subscription_key, lapsed_from as lapsed_at from lapses
    union
    select source, instance, subscription_key, lapsed_to from lapses where lapsed_to is not null
),

-- spans of one item do not overlap: each begins a level, so does a lapse inside it, and so does its end unless another follows
starts as (
    select
        source, instance, subscription_key, item_key, currency, covered_from as effective_at, table_name, record_key,
        annual_amount, discount_annual_amount, is_metered, basis, covered_to,
        lead(covered_from) over (
            partition by source, instance, subscription_key, item_key, currency order by covered_from
        ) as next_from
    from coverage
),

inside as (
    select starts.* replace (lapse_instants.lapsed_at as effective_at)
    from starts
    inner join lapse_instants using (source, instance, subscription_key)
    where lapse_instants.lapsed_at > starts.effective_at and lapse_instants.lapsed_at < coalesce(starts.covered_to, timestamptz '9999-12-31')
),

ends as (
    select
        source, instance, subscription_key, item_key, currency, covered_to as effective_at, cast(null as varchar) as table_name,
        cast(null as varchar) as record_key, cast(0 as decimal(18, 4)) as annual_amount, cast(0 as decimal(18, 4)) as discount_annual_amount,
        false as is_metered, basis, covered_to, next_from
    from starts
    where covered_to is distinct from next_from and covered_to is not null
),

instants as (
    select * from starts
    union all
    select * from inside
    union all
    select * from ends
),

lapsed as (
    select instants.*, lapses.reason as lapse_reason
    from instants
    cross join night
    left join lapses
        on instants.source = lapses.source
        and instants.instance = lapses.instance
        and instants.subscription_key = lapses.subscription_key
        and instants.effective_at >= lapses.lapsed_from
        and instants.effective_at < coalesce(lapses.lapsed_to, timestamptz '9999-12-31')
    where instants.effective_at <= night.built_as_of
),

levels as (
    select
        source, instance, subscription_key, item_key, currency, effective_at, table_name, record_key, annual_amount,
        discount_annual_amount,
        case
            when annual_amount <= discount_annual_amount then 'ended'
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
        lag(annual_amount, 1, 0) over item as annual_before,
        lag(discount_annual_amount, 1, 0) over item as discount_before,
        lag(status, 1, 'ended') over item as status_before
    from levels
    window item as (partition by source, instance, subscription_key, item_key, currency order by effective_at)
)

select * from changes
where annual_amount <> annual_before or discount_annual_amount <> discount_before or status <> status_before
