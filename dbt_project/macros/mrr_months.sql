{#
  Opening and closing of each `grain` (columns, account_id among them) under each policy, for every month in which there is
  MRR and the one after it. A month still running is never a churn: what ended may yet be renewed before the month does,
  so an account that has nothing left keeps its opening until the month is over.
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
    select policies.policy, {{ grain | join(', ') }}, month, sum(mrr) as mrr, sum(annual_amount) as annual_amount
    from by_status
    inner join {{ ref('revenue_policies') }} as policies on by_status.status = policies.status
    group by policies.policy, {{ grain | join(', ') }}, month
),

-- the month after the last with MRR is where it is missed
missed as (
    select policy, {{ grain | join(', ') }}, (month + interval 1 month)::date as month, 0 as mrr, 0 as annual_amount
    from levels
    window grain_months as (partition by policy, {{ grain | join(', ') }} order by month)
    qualify lead(month) over grain_months is distinct from (month + interval 1 month)::date
),

closings as (
    select * from levels
    union all
    select missed.* from missed
    cross join night
    where missed.month <= night.running_month
),

with_opening as (
    select
        *,
        case when lag(month) over grain_months = (month - interval 1 month)::date then lag(mrr) over grain_months else 0 end as opening_mrr,
        case when lag(month) over grain_months = (month - interval 1 month)::date then lag(annual_amount) over grain_months else 0 end as opening_arr
    from closings
    window grain_months as (partition by policy, {{ grain | join(', ') }} order by month)
),

running_accounts as (
    select policy, account_id, sum(mrr) as account_mrr
    from closings
    cross join night
    where month = night.running_month
    group by policy, account_id
),

settled as (
    select
        with_opening.*,
        night.is_open and running_accounts.account_mrr = 0 as is_held
    from with_opening
    cross join night
    left join running_accounts
        on with_opening.month = night.running_month
        and with_opening.policy = running_accounts.policy
        and with_opening.account_id = running_accounts.account_id
)

select
    policy,
    {{ grain | join(',\n    ') }},
    month,
    cast(opening_mrr as decimal(18, 6)) as opening_mrr,
    cast(case when is_held then opening_mrr else mrr end as decimal(18, 6)) as closing_mrr,
    cast(case when is_held then opening_arr else annual_amount end as decimal(18, 4)) as closing_arr
from settled
{% endmacro %}
