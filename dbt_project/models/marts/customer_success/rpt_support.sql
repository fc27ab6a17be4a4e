-- Support by month in which a ticket was asked, and by tool; `all` is every tool together. Our own tickets are left out.
-- The backlog is what was asked before the month ended and not solved by then.
with night as (
    select built_as_of, cast(date_trunc('month', night) as date) as running_month from {{ source('ops', 'night') }}
),

tickets as (
    select *, cast(date_trunc('month', {{ reporting_date('created_at') }}) as date) as month
    from {{ ref('fct_tickets') }} where not is_internal and created_at is not null
),

asked as (
    select
        month,
        case when grouping(source) = 1 then 'all' else source end as source,
        count(*) as tickets,
        count(first_reply_at) as replied,
        count(solved_at) as solved,
        cast(median(first_reply_minutes) as double) as first_reply_minutes_p50,
        cast(quantile_cont(first_reply_minutes, 0.9) as double) as first_reply_minutes_p90,
        cast(median(solve_minutes) as double) as solve_minutes_p50,
        cast(quantile_cont(solve_minutes, 0.9) as double) as solve_minutes_p90,
        count(is_in_time) as judged,
        count(*) filter (where is_in_time) as in_time,
        count(*) filter (where csat = 'good') as good,
        count(*) filter (where csat = 'bad') as bad
    from tickets
    group by grouping sets ((month, source), (month))
),

months as (
    select distinct dates.month, sources.source
    from {{ ref('dim_dates') }} as dates
    cross join night
    inner join (select source, min(month) as first_month from tickets group by source) as sources
        on dates.month between sources.first_month and night.running_month
),

left_open as (
    select
        months.month,
        case when grouping(months.source) = 1 then 'all' else months.source end as source,
        count(tickets.ticket_id) as backlog
    from months
    left join tickets
        on months.source = tickets.source and tickets.month <= months.month
        and (tickets.solved_at is null or {{ reporting_date('tickets.solved_at') }} >= months.month + interval 1 month)
        and (tickets.solved_at is not null or tickets.is_open)
    group by grouping sets ((months.month, months.source), (months.month))
)

select
    left_open.month,
    left_open.source,
    coalesce(asked.tickets, 0) as tickets,
    coalesce(asked.replied, 0) as replied,
    coalesce(asked.solved, 0) as solved,
    left_open.backlog,
    asked.first_reply_minutes_p50,
    asked.first_reply_minutes_p90,
    asked.solve_minutes_p50,
    asked.solve_minutes_p90,
    coalesce(asked.judged, 0) as judged,
    coalesce(asked.in_time, 0) as in_time,
    asked.in_time / nullif(cast(asked.judged as double), 0) as sla_met_rate,
    coalesce(asked.good, 0) as good,
    coalesce(asked.bad, 0) as bad,
    asked.good / nullif(cast(asked.good + asked.bad as double), 0) as csat
from left_open
left join asked on left_open.month = asked.month and left_open.source = asked.source
