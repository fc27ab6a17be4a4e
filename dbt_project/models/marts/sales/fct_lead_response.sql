-- Every lead with the routing clock, the rep clock and their bands; who was never touched stays in as open.
-- (`greatest` passes over nulls, so a clock that nobody stopped is asked for first.)
with clocks as (
    select
        *,
        date_diff('minute', created_at, assigned_at) as routing_minutes,
        date_diff('minute', assigned_at, touched_at) as rep_minutes,
        date_diff('minute', created_at, touched_at) as total_minutes,
        {{ business_minutes('assigned_at') }} as assigned_clock,
        {{ business_minutes('touched_at') }} as touched_clock
    from {{ ref('int_lead_clocks') }}
)

select
    person_id,
    account_id,
    owner_id,
    worked_by,
    source,
    instance,
    table_name,
    record_key,
    coalesce(source_channel, 'unknown') as source_channel,
    created_at,
    assigned_at,
    touched_at,
    case when routing_minutes is not null then greatest(routing_minutes, 0) end as routing_minutes,
    case when rep_minutes is not null then greatest(rep_minutes, 0) end as rep_minutes,
    case when rep_minutes is not null then greatest(touched_clock - assigned_clock, 0) end as rep_business_minutes,
    case when total_minutes is not null then greatest(total_minutes, 0) end as total_minutes,
    {{ response_band('routing_minutes', 'assigned_at') }} as routing_band,
    {{ response_band('coalesce(rep_minutes, total_minutes)', 'touched_at') }} as rep_band,
    case when touched_at is not null then 'touched' when assigned_at is not null then 'assigned' else 'unassigned' end as state
from clocks
