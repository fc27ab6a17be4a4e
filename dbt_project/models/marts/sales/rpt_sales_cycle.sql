-- Days from opportunity to won, by the month of closing.
with won as (
    select
        cast(date_trunc('month', {{ reporting_date('closed_at') }}) as date) as month,
        owner_id,
        pipeline,
        date_diff('day', {{ reporting_date('created_at') }}, {{ reporting_date('closed_at') }}) as cycle_days
    from {{ ref('fct_deals') }}
    where is_won and deal_type = 'new' and closed_at >= created_at
)

select
    month,
    owner_id,
    pipeline,
    count(*) as won,
    cast(median(cycle_days) as double) as median_days,
    cast(quantile_cont(cycle_days, 0.9) as double) as p90_days
from won
group by all
