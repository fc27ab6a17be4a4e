-- Of the accounts that signed up in a month, how many used the product on day 1, 7 and 30, and on that day or any later.
-- Only accounts old enough to have had the day are counted.
with sign_ups as (
    select * from {{ ref('int_sign_ups') }}
),

days as (
    select month, 1 as day, days_since, is_back_on_1 as is_back, last_day from sign_ups
    union all
    select month, 7, days_since, is_back_on_7, last_day from sign_ups
    union all
    select month, 30, days_since, is_back_on_30, last_day from sign_ups
)

select
    month,
    cast(day as integer) as day,
    count(*) as accounts,
    count(*) filter (where is_back) as returned,
    count(*) filter (where last_day >= day) as returned_then_or_later,
    count(*) filter (where is_back) / cast(count(*) as double) as return_rate,
    count(*) filter (where last_day >= day) / cast(count(*) as double) as return_rate_then_or_later
from days
where days_since >= day
group by month, day
