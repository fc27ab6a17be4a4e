-- Seats used by each account as of the night: its users with an event in the last `seat_active_days` days.
with night as (
    select night from {{ source('ops', 'night') }}
)

select
    usage.account_id,
    count(distinct usage.user_id) filter (where usage.usage_date > night.night - {{ var('seat_active_days') }}) as seats_used,
    count(distinct usage.user_id) as users_ever,
    max(usage.usage_date) as last_used_on,
    max(usage.last_at) as last_used_at
from {{ ref('int_usage_daily') }} as usage
cross join night
group by usage.account_id
