{#
  Opening and closing of each `grain` (columns, account_id among them) under each policy, for every month from its first
  to the night's. A month still running is never a churn: what ended may yet be renewed before the month does, so an
  account that has nothing left keeps its opening until the month is over.
#}
{% macro mrr_months(grain) %}
with night as (
    select date_trunc('month', night)::date as running_month, night < last_day(night) as is_open from {{ source('ops', 'night') }}
),

levels as (
    select policy, {{ grain | join(', ') }}, month, sum(mrr) as mrr, sum(annual_amount) as annual_amount
    from {{ ref('int_mrr_levels') }}
    group by all
),

spine as (
    select
        policy,
        {{ grain | join(', ') }},
        cast(unnest(generate_series(min(month), any_value(night.running_month), interval 1 month)) as date) as month
    from levels
    cross join night
    group by policy, {{ grain | join(', ') }}
),

closings as (
    select
        spine.*,
        coalesce(levels.mrr, 0) as mrr,
        coalesce(levels.annual_amount, 0) as annual_amount
    from spine
    left join levels using (policy, {{ grain | join(', ') }}, month)
),

with_opening as (
    select
        *,
        coalesce(lag(mrr) over grain_months, 0) as opening_mrr,
        coalesce(lag(annual_amount) over grain_months, 0) as opening_arr,
        sum(mrr) over (partition by policy, account_id, month) as account_mrr
    from closings
    window grain_months as (partition by policy, {{ grain | join(', ') }} order by month)
),

settled as (
    select
        with_opening.*,
        night.is_open and month = night.running_month and account_mrr = 0 as is_held
    from with_opening
    cross join night
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
