-- What open deals should bring, by the month of expected closing: each deal's amount times how often deals of its pipeline
-- and stage were won before; for months that are over, what would have been said at their start, and how far off it was.
with night as (
    select night from {{ source('ops', 'night') }}
),

states as (
    select * from {{ ref('int_deal_states') }} where deal_type = 'new'
),

first_night as (
    select min({{ reporting_date('seen_at') }}) as first_night from {{ ref('int_deal_versions') }}
),

-- months that are over are forecast from their first day, the others from tonight
forecasts as (
    select dates.month, least(dates.month, night.night) as said_on, dates.month < date_trunc('month', night.night) as is_over
    from {{ ref('dim_dates') }} as dates
    cross join night
    where dates.date_day = dates.month and dates.month <= night.night + interval 6 month
),

said as (
    select
        month,
        is_over,
        case when is_over then said_on else night.night + 1 end as said_before
    from forecasts
    cross join night
),

open_deals as (
    select
        said.month,
        said.is_over,
        said.said_before,
        states.deal_id,
        any_value(states.pipeline) as pipeline,
        arg_max(states.amount_reporting, states.known_on) as amount,
        arg_max(states.expected_close, states.known_on) as expected_close
    from said
    inner join states
        on states.created_on < said.said_before and states.known_on < said.said_before
        and (states.closed_on is null or states.closed_on >= said.said_before)
    group by said.month, said.is_over, said.said_before, states.deal_id
),

-- an overdue deal is expected in the month that runs
due as (
    select * from open_deals
    where cast(date_trunc('month', greatest(expected_close, case when is_over then month else said_before - 1 end)) as date) = month
),

stages as (
    select deal_id, stage, {{ reporting_date('entered_at') }} as entered_on from {{ ref('fct_deal_stages') }}
),

staged as (
    select due.month, due.deal_id, arg_max(stages.stage, (stages.entered_on, stages.stage)) as stage
    from due
    inner join stages on due.deal_id = stages.deal_id and stages.entered_on < due.said_before
    group by due.month, due.deal_id
),

closed as (
    select distinct deal_id, pipeline, is_won, closed_on from states where closed_on is not null
),

stage_rates as (
    select said.month, closed.pipeline, stages.stage, avg(case when closed.is_won then 1.0 else 0.0 end) as win_rate
    from said
    inner join closed on closed.closed_on < said.said_before
    inner join (select distinct deal_id, stage from stages) as stages on closed.deal_id = stages.deal_id
    group by said.month, closed.pipeline, stages.stage
),

pipeline_rates as (
    select said.month, closed.pipeline, avg(case when closed.is_won then 1.0 else 0.0 end) as win_rate
    from said
    inner join closed on closed.closed_on < said.said_before
    group by said.month, closed.pipeline
),

weighted as (
    select
        due.month,
        due.amount,
        {{ share_money('due.amount', 'coalesce(stage_rates.win_rate, pipeline_rates.win_rate)') }} as weighted_amount
    from due
    left join staged on due.month = staged.month and due.deal_id = staged.deal_id
    left join stage_rates
        on due.month = stage_rates.month and due.pipeline = stage_rates.pipeline and staged.stage = stage_rates.stage
    left join pipeline_rates on due.month = pipeline_rates.month and due.pipeline = pipeline_rates.pipeline
),

forecast as (
    select month, count(*) as open_deals, sum(amount) as open_amount, sum(weighted_amount) as forecast_amount
    from weighted group by month
),

won as (
    select cast(date_trunc('month', {{ reporting_date('closed_at') }}) as date) as month, sum(amount_reporting) as won_amount
    from {{ ref('fct_deals') }}
    where is_won and deal_type = 'new' and closed_at is not null
    group by month
)

select
    said.month,
    said.is_over,
    said.said_before - 1 as known_until,
    case when said.said_before > first_night.first_night then 'as_known' else 'backfilled' end as basis,
    coalesce(forecast.open_deals, 0) as open_deals,
    cast(coalesce(forecast.open_amount, 0) as decimal(18, 6)) as open_amount,
    cast(forecast.forecast_amount as decimal(18, 6)) as forecast_amount,
    cast(coalesce(won.won_amount, 0) as decimal(18, 6)) as won_amount,
    case when said.is_over then cast(forecast.forecast_amount - coalesce(won.won_amount, 0) as decimal(18, 6)) end as error
from said
cross join first_night
left join forecast on said.month = forecast.month
left join won on said.month = won.month
where forecast.month is not null or won.month is not null
