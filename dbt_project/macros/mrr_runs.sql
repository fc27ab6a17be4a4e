{#
  The MRR of each `grain` (columns, account_id among them) under each policy, as runs of months in which it stays the same: so
  that what costs most, putting months in order, is done for changes and not for every month. `opening_mrr` is that of the
  run's first month, `last_active_month` the last with MRR before it. Where MRR ends, a run of one month says what is missed.
  A month still running is never a churn: what ended may yet be renewed before the month does, so an account that has
  nothing left keeps its opening until the month is over.
#}
{% macro mrr_runs(grain) %}
with night as (
    select date_trunc('month', night)::date as running_month, night < last_day(night) as is_open from {{ source('ops', 'night') }}
),

levels as (
    select policies.policy, {{ grain | join(', ') }}, first_month, (last_month + interval 1 month)::date as month_after, mrr, annual_amount
    from {{ ref('int_mrr_levels') }} as levels
    inner join {{ ref('revenue_policies') }} as policies on levels.status = policies.status
),

changes as (
    select policy, {{ grain | join(', ') }}, first_month as month, mrr, annual_amount from levels
    union all
    select policy, {{ grain | join(', ') }}, month_after, -mrr, -annual_amount from levels
),

by_month as (
    select policy, {{ grain | join(', ') }}, month, sum(mrr) as mrr, sum(annual_amount) as annual_amount
    from changes
    group by policy, {{ grain | join(', ') }}, month
    having sum(mrr) <> 0 or sum(annual_amount) <> 0
),

-- what has changed so far is what there is
levelled as (
    select
        policy,
        {{ grain | join(', ') }},
        month,
        lead(month) over grain_months as next_month,
        lag(month) over grain_months as month_before,
        sum(mrr) over grain_months as mrr,
        sum(mrr) over grain_months - mrr as mrr_before,
        sum(annual_amount) over grain_months as annual_amount,
        sum(annual_amount) over grain_months - annual_amount as annual_before
    from by_month
    window grain_months as (partition by policy, {{ grain | join(', ') }} order by month)
),

accounts_left as (
    select distinct policy, account_id
    from levelled
    cross join night
    where mrr > 0 and next_month > night.running_month
),

runs as (
    select
        levelled.*,
        levelled.mrr = 0 and night.is_open and levelled.month = night.running_month and accounts_left.account_id is null as is_held
    from levelled
    cross join night
    left join accounts_left on levelled.policy = accounts_left.policy and levelled.account_id = accounts_left.account_id
    where levelled.month <= night.running_month
)

select
    policy,
    {{ grain | join(',\n    ') }},
    month as first_month,
    case when mrr > 0 then (next_month - interval 1 month)::date else month end as last_month,
    cast(mrr_before as decimal(18, 6)) as opening_mrr,
    cast(case when is_held then mrr_before else mrr end as decimal(18, 6)) as closing_mrr,
    cast(case when is_held then annual_before else annual_amount end as decimal(18, 4)) as closing_arr,
    -- before a return, the month before the one that missed it
    case when mrr_before > 0 then (month - interval 1 month)::date else (month_before - interval 1 month)::date end as last_active_month
from runs
{% endmacro %}
