with night as (
    select night from {{ source('ops', 'night') }}
),

days as (
    select cast(unnest(generate_series(date '2015-01-01', night + interval 1 year, interval 1 day)) as date) as date_day from night
)

select
    date_day,
    cast(date_trunc('month', date_day) as date) as month,
    cast(date_trunc('quarter', date_day) as date) as quarter,
    cast(date_part('year', date_day) as integer) as year,
    cast(date_part('isodow', date_day) as integer) as iso_weekday,
    last_day(date_day) = date_day as is_month_end
from days
