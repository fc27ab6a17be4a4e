-- When a human of ours last spoke to each account: calls, e-mails, meetings held, tickets answered.
with touches as (
    select account_id, occurred_at as touched_at, kind, owner_id from {{ ref('fct_activities') }} where is_touch
    union all
    select account_id, starts_at, 'meeting', cast(null as varchar) from {{ ref('fct_meetings') }} where is_held
    union all
    select account_id, first_reply_at, 'ticket', cast(null as varchar) from {{ ref('fct_tickets') }} where first_reply_at is not null
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
)

select
    touches.account_id,
    max(touches.touched_at) as last_touched_at,
    max(touches.touched_at) filter (where touches.kind <> 'ticket') as last_spoken_at,
    arg_max(touches.kind, (touches.touched_at, touches.kind)) as last_kind,
    count(*) filter (where touches.touched_at > night.built_as_of - interval 90 day) as touches_90_days
from touches
cross join night
where touches.account_id is not null and touches.touched_at <= night.built_as_of
group by touches.account_id
