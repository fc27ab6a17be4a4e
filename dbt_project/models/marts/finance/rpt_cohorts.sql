-- Accounts by the month they first paid: how many, and how much of their first MRR, are there each month after.
with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

first_months as (
    select policy, account_id, min(month) as cohort_month from movements where closing_mrr > 0 group by policy, account_id
),

sizes as (
    select first_months.policy, first_months.cohort_month, count(*) as accounts, sum(movements.closing_mrr) as first_mrr
    from first_months
    inner join movements
        on first_months.policy = movements.policy and first_months.account_id = movements.account_id
        and first_months.cohort_month = movements.month
    group by all
),

night as (
    select date_trunc('month', night)::date as running_month from {{ source('ops', 'night') }}
),

months as (
    select sizes.*, cast(unnest(generate_series(cohort_month, running_month, interval 1 month)) as date) as month
    from sizes
    cross join night
),

alive as (
    select
        first_months.policy,
        first_months.cohort_month,
        movements.month,
        count(*) filter (where movements.closing_mrr > 0) as active_accounts,
        sum(movements.closing_mrr) as mrr
    from movements
    inner join first_months on movements.policy = first_months.policy and movements.account_id = first_months.account_id
    group by all
)

select
    months.policy,
    months.cohort_month,
    months.month,
    cast(date_diff('month', months.cohort_month, months.month) as integer) as months_since,
    months.accounts,
    coalesce(alive.active_accounts, 0) as active_accounts,
    coalesce(alive.active_accounts, 0) / cast(months.accounts as double) as logo_retention,
    cast(months.first_mrr as decimal(18, 6)) as first_mrr,
    cast(coalesce(alive.mrr, 0) as decimal(18, 6)) as mrr,
    {{ divide_money('coalesce(alive.mrr, 0)', 'months.first_mrr', 6) }} as mrr_retention
from months
left join alive
    on months.policy = alive.policy and months.cohort_month = alive.cohort_month and months.month = alive.month
