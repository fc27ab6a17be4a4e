-- Opening and closing of each account and currency, for every month from its first to the night's.
with night as (
    select date_trunc('month', night)::date as running_month, night < last_day(night) as is_open from {{ source('ops', 'night') }}
),

levels as (
    select account_id, currency, month, sum(mrr) as mrr, sum(annual_amount) as annual_amount
    from {{ ref('int_mrr_levels') }}
    group by account_id, currency, month
),

spine as (
    select
        account_id,
        currency,
        cast(unnest(generate_series(min(month), any_value(night.running_month), interval 1 month)) as date) as month
    from levels
    cross join night
    group by account_id, currency
),

closings as (
    select
        spine.account_id,
        spine.currency,
        spine.month,
        coalesce(levels.mrr, 0) as mrr,
        coalesce(levels.annual_amount, 0) as annual_amount
    from spine
    left join levels using (account_id, currency, month)
),

with_opening as (
    select
        *,
        coalesce(lag(mrr) over account_currency, 0) as opening_mrr,
        coalesce(lag(annual_amount) over account_currency, 0) as opening_arr
    from closings
    window account_currency as (partition by account_id, currency order by month)
),

-- A month still running is never a churn: what ended may yet be renewed before the month does.
settled as (
    select
        with_opening.account_id,
        with_opening.currency,
        with_opening.month,
        with_opening.opening_mrr,
        case when night.is_open and month = running_month and mrr = 0 then opening_mrr else mrr end as closing_mrr,
        case when night.is_open and month = running_month and mrr = 0 then opening_arr else annual_amount end as closing_arr
    from with_opening
    cross join night
)

select
    account_id,
    currency,
    month,
    cast(opening_mrr as decimal(18, 6)) as opening_mrr,
    cast(closing_mrr as decimal(18, 6)) as closing_mrr,
    cast(closing_arr as decimal(18, 4)) as closing_arr
from settled
