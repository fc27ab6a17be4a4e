-- What winning customers cost in each month, in the reporting currency: ad spend at each day's rate, and the cost sheet's sales
-- and marketing at the rate of the month's end. A month without any figure has no row: nothing is known, not nothing was spent.
with night as (
    select cast(date_trunc('month', night) as date) as running_month from {{ source('ops', 'night') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

ad_spend as (
    select
        cast(date_trunc('month', spend.day) as date) as month,
        sum({{ convert_money('spend.cost', 'rates.rate') }}) as ad_cost
    from {{ ref('int_ad_spend') }} as spend
    left join rates on spend.currency = rates.currency and spend.day = rates.rate_date
    group by cast(date_trunc('month', spend.day) as date)
),

sheet as (
    select
        costs.month,
        sum({{ convert_money('costs.amount', 'month_rates.closing_rate') }}) as sheet_cost
    from {{ ref('int_company__cost_sheet') }} as costs
    cross join night
    left join {{ ref('int_month_rates') }} as month_rates
        on costs.currency = month_rates.currency and least(costs.month, night.running_month) = month_rates.month
    where costs.kind in ('sales', 'marketing')
    group by costs.month
)

select
    coalesce(ad_spend.month, sheet.month) as month,
    cast(ad_spend.ad_cost as decimal(18, 6)) as ad_cost,
    cast(coalesce(ad_spend.ad_cost, 0) + coalesce(sheet.sheet_cost, 0) as decimal(18, 6)) as full_cost
from ad_spend
full join sheet on ad_spend.month = sheet.month
