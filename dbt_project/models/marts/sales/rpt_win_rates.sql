-- Won ÷ (won + lost) by the month of closing; open deals are never in the denominator.
with closed as (
    select *, cast(date_trunc('month', {{ reporting_date('closed_at') }}) as date) as month
    from {{ ref('fct_deals') }}
    where is_closed and closed_at is not null
),

counted as (
    select
        month,
        owner_id,
        pipeline,
        deal_type,
        count(*) filter (where is_won) as won,
        count(*) filter (where not is_won) as lost,
        cast(coalesce(sum(amount_reporting) filter (where is_won), 0) as decimal(18, 6)) as won_amount,
        cast(coalesce(sum(amount_reporting) filter (where not is_won), 0) as decimal(18, 6)) as lost_amount
    from closed
    group by all
)

select
    *,
    won / nullif(cast(won + lost as double), 0) as win_rate,
    {{ divide_money('won_amount', 'won_amount + lost_amount', 6) }} as win_rate_by_amount
from counted
