-- The rates that open and close each month: the last fixing before it, and the last in it (a running month: by the night).
-- One small table, so that no large one is ever joined to a rate by a day that is worked out on the way.
with night as (
    select night from {{ source('ops', 'night') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

months as (
    select distinct cast(date_trunc('month', rates.rate_date) as date) as month, night.night
    from rates
    cross join night
    where rates.rate_date <= night.night
),

openings as (
    select months.month, rates.currency, rates.rate as opening_rate
    from months
    inner join rates on rates.rate_date = months.month - 1
),

closings as (
    select months.month, rates.currency, rates.rate as closing_rate
    from months
    inner join rates on rates.rate_date = least(last_day(months.month), months.night)
)

select month, currency, openings.opening_rate, closings.closing_rate
from openings
full join closings using (month, currency)
