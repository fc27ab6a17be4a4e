select
    cast(date_trunc('month', {{ reporting_date('starts_at') }}) as date) as month,
    host_email,
    event_type,
    count(*) as booked,
    count(*) filter (where is_held) as held,
    count(*) filter (where is_no_show) as no_shows,
    count(*) filter (where is_cancelled and not is_rescheduled) as cancelled,
    count(*) filter (where is_held) / nullif(cast(count(*) filter (where is_held or is_no_show) as double), 0) as show_rate
from {{ ref('fct_meetings') }}
where starts_at is not null
group by all
