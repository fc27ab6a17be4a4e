-- Each deal in each month and quarter of its life: what was known of it before the period began and when it ended.
with night as (
    select night from {{ source('ops', 'night') }}
),

periods as (
    select 'month' as period_kind, month as period_start, last_day(month) as period_end
    from {{ ref('dim_dates') }} where date_day = month
    union all
    select 'quarter', quarter, last_day(cast(quarter + interval 2 month as date))
    from {{ ref('dim_dates') }} where date_day = quarter
),

begun as (
    select periods.* from periods cross join night where periods.period_start <= night.night
),

lived as (
    select
        begun.period_kind,
        begun.period_start,
        begun.period_end,
        states.deal_id,
        arg_max(states.amount_reporting, states.known_on) filter (where states.known_on < begun.period_start) as amount_before,
        arg_max(states.amount_reporting, states.known_on) as amount_after,
        arg_max(states.expected_close, states.known_on) filter (where states.known_on < begun.period_start) as close_before,
        arg_max(states.expected_close, states.known_on) as close_after
    from {{ ref('int_deal_states') }} as states
    inner join begun
        on states.created_on <= begun.period_end and states.known_on <= begun.period_end
        and (states.closed_on is null or states.closed_on >= begun.period_start)
    group by begun.period_kind, begun.period_start, begun.period_end, states.deal_id
),

deals as (
    select distinct deal_id, owner_id, pipeline, deal_type, is_won, created_on, closed_on from {{ ref('int_deal_states') }}
)

select
    lived.period_kind,
    lived.period_start,
    deals.deal_id,
    deals.owner_id,
    deals.pipeline,
    deals.deal_type,
    deals.is_won,
    deals.created_on < lived.period_start as was_there,
    coalesce(deals.closed_on <= lived.period_end, false) as is_closed_within,
    lived.amount_before,
    lived.amount_after,
    coalesce(lived.close_before <= lived.period_end, false) as was_due,
    coalesce(lived.close_after <= lived.period_end, false) as is_due
from lived
inner join deals on lived.deal_id = deals.deal_id
