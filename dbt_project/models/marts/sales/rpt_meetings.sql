-- Meetings by month, host and type: what was booked, and what became of it. A moved booking is counted apart: it is
-- neither held nor cancelled, and the new booking is a row of its own.
with meetings as (
    select meetings.*, owners.owner_id
    from {{ ref('fct_meetings') }} as meetings
    left join {{ ref('dim_owners') }} as owners on lower(trim(meetings.host_email)) = lower(owners.email)
    anti join {{ ref('int_internal_accounts') }} as internal on meetings.account_id = internal.account_id
    where meetings.starts_at is not null
)

select
    cast(date_trunc('month', {{ reporting_date('starts_at') }}) as date) as month,
    owner_id,
    host_email,
    event_type,
    count(*) as booked,
    count(*) filter (where is_held) as held,
    count(*) filter (where is_no_show and not is_cancelled) as no_shows,
    count(*) filter (where is_cancelled and not is_rescheduled) as cancelled,
    count(*) filter (where is_cancelled and is_rescheduled) as rescheduled,
    count(*) filter (where not is_held and not is_no_show and not is_cancelled) as upcoming,
    count(*) filter (where is_held) / nullif(cast(count(*) filter (where is_held or (is_no_show and not is_cancelled)) as double), 0) as show_rate
from meetings
group by all
