{#
  Opening and closing of each `grain` (columns, account_id among them) under each policy, for every month in which there is
  MRR and the one after it, with what was before: whether there ever was MRR, and in which month last. All of it comes from
  one look at the neighbours of each month with MRR, as sorting is what this costs.
  A month still running is never a churn: what ended may yet be renewed before the month does, so an account that has
  nothing left keeps its opening until the month is over.
#}
{% macro mrr_months(grain) %}
with night as (
    select date_trunc('month', night)::date as running_month, night < last_day(night) as is_open from {{ source('ops', 'night') }}
),

by_status as (
    select {{ grain | join(', ') }}, month, status, sum(mrr) as mrr, sum(annual_amount) as annual_amount
    from {{ ref('int_mrr_levels') }}
    group by {{ grain | join(', ') }}, month, status
),

levels as (
    select
        policies.policy,
        {{ grain | join(', ') }},
        month,
        cast(sum(mrr) as decimal(18, 6)) as mrr,
        cast(sum(annual_amount) as decimal(18, 4)) as annual_amount
    from by_status
    inner join {{ ref('revenue_policies') }} as policies on by_status.status = policies.status
    group by policies.policy, {{ grain | join(', ') }}, month
),

with_neighbours as (
    select
        *,
        lag(month) over grain_months as last_active_month,
        lag(mrr) over grain_months as mrr_before,
        lead(month) over grain_months as next_active_month
    from levels
    window grain_months as (partition by policy, {{ grain | join(', ') }} order by month)
),

active_months as (
    select
        policy,
        {{ grain | join(', ') }},
        month,
        case when last_active_month = (month - interval 1 month)::date then mrr_before else 0 end as opening_mrr,
        mrr as closing_mrr,
        annual_amount as closing_arr,
        last_active_month
    from with_neighbours
),

-- the month after the last with MRR is where it is missed
missed_months as (
    select
        policy,
        {{ grain | join(', ') }},
        (month + interval 1 month)::date as month,
        mrr as opening_mrr,
        annual_amount as opening_arr,
        month as last_active_month
    from with_neighbours
    where next_active_month is distinct from (month + interval 1 month)::date
        and month < (select running_month from night)
),

accounts_left as (
    select distinct policy, account_id from active_months where month = (select running_month from night)
),

ended_months as (
    select missed_months.*, accounts_left.account_id is null and night.is_open and missed_months.month = night.running_month as is_held
    from missed_months
    cross join night
    left join accounts_left
        on missed_months.policy = accounts_left.policy and missed_months.account_id = accounts_left.account_id
)

select
    policy,
    {{ grain | join(',\n    ') }},
    month,
    cast(opening_mrr as decimal(18, 6)) as opening_mrr,
    closing_mrr,
    closing_arr,
    last_active_month
from active_months
union all
select
    policy,
    {{ grain | join(',\n    ') }},
    month,
    cast(opening_mrr as decimal(18, 6)) as opening_mrr,
    cast(case when is_held then opening_mrr else 0 end as decimal(18, 6)) as closing_mrr,
    cast(case when is_held then opening_arr else 0 end as decimal(18, 4)) as closing_arr,
    last_active_month
from ended_months
{% endmacro %}
