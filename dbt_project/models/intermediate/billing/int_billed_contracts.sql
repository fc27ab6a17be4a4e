-- What billing charges, per account and currency, as of the night and as it was first billed.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

events as (
    select events.* from {{ ref('fct_revenue_events') }} as events
    cross join night
    where events.effective_at <= night.built_as_of and events.account_id <> 'unassigned'
),

now as (
    select * from events
    qualify row_number() over (partition by item_id, currency order by effective_at desc) = 1
),

first_billed as (
    select account_id, currency, min(effective_at) as first_billed_at from events
    where annual_amount > discount_annual_amount group by account_id, currency
),

first_amounts as (
    select events.account_id, events.currency, sum(events.annual_amount) as first_gross, bool_and(events.basis = 'observed') as is_observed
    from events
    inner join first_billed
        on events.account_id = first_billed.account_id and events.currency = first_billed.currency
        and events.effective_at = first_billed.first_billed_at
    group by all
),

prices as (
    select
        source || ':' || instance || ':' || subscription_key as subscription_id,
        max({{ annualise('unit_amount', 'interval_unit', 'interval_count') }}) as unit_annual
    from {{ ref('int_subscription_items') }}
    where is_recurring
    group by all
),

-- the same amount charged by two subscriptions of one account at once
twins as (
    select account_id, currency, net_amount, count(*) as subscriptions
    from (
        select account_id, currency, subscription_id, sum(annual_amount - discount_annual_amount) as net_amount
        from now where status = 'active' group by all
    )
    where net_amount > 0
    group by all
    having count(*) > 1
),

doubled as (
    select account_id, currency, sum(net_amount * (subscriptions - 1)) as doubled from twins group by all
)

select
    now.account_id,
    now.currency,
    arg_max(now.subscription_id, (now.status = 'active', now.annual_amount, now.subscription_id)) as subscription_id,
    cast(sum(case when now.status in ('active', 'past_due') then now.annual_amount - now.discount_annual_amount else 0 end) as decimal(18, 4)) as billed,
    cast(sum(case when now.status in ('active', 'past_due') then now.annual_amount else 0 end) as decimal(18, 4)) as gross,
    cast(sum(case when now.status in ('active', 'past_due') then now.discount_annual_amount else 0 end) as decimal(18, 4)) as discount,
    any_value(first_billed.first_billed_at) as first_billed_at,
    cast(any_value(first_amounts.first_gross) as decimal(18, 4)) as first_gross,
    any_value(first_amounts.is_observed) as is_observed,
    cast(max(prices.unit_annual) as decimal(18, 4)) as unit_annual,
    count(distinct case when now.status in ('active', 'past_due') then now.subscription_id end) as subscriptions,
    cast(coalesce(any_value(doubled.doubled), 0) as decimal(18, 4)) as doubled,
    string_agg(distinct now.subscription_id, ', ' order by now.subscription_id) as evidence
from now
left join first_billed using (account_id, currency)
left join first_amounts using (account_id, currency)
left join prices using (subscription_id)
left join doubled using (account_id, currency)
group by now.account_id, now.currency
