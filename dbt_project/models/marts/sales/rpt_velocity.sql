-- Open deals × win rate × average won amount ÷ cycle days, from the last twelve months as of the night.
with night as (
    select night from {{ source('ops', 'night') }}
),

deals as (
    select deals.*, night.night
    from {{ ref('fct_deals') }} as deals
    cross join night
    where deals.deal_type = 'new'
),

facts as (
    select
        pipeline,
        count(*) filter (where not is_closed) as open_deals,
        count(*) filter (where is_won and {{ reporting_date('closed_at') }} > night - 365) as won,
        count(*) filter (where is_closed and not is_won and {{ reporting_date('closed_at') }} > night - 365) as lost,
        coalesce(sum(amount_reporting) filter (where is_won and {{ reporting_date('closed_at') }} > night - 365), 0) as won_amount,
        median(date_diff('day', {{ reporting_date('created_at') }}, {{ reporting_date('closed_at') }}))
            filter (where is_won and closed_at >= created_at and {{ reporting_date('closed_at') }} > night - 365) as cycle_days
    from deals
    group by pipeline
)

select
    pipeline,
    open_deals,
    won / nullif(cast(won + lost as double), 0) as win_rate,
    {{ divide_money('won_amount', 'won', 6) }} as average_won_amount,
    cast(cycle_days as double) as cycle_days,
    {{ divide_money('won_amount * open_deals', '(won + lost) * cycle_days', 6) }} as velocity_per_day
from facts
