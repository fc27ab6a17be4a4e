-- Each target with the touches of all its account's people in the window before it, in order; without one, a single empty row.
with touches as (
    select * from {{ ref('fct_touches') }} where is_attributed and account_id is not null
),

leads as (
    select account_id, min(entered_at) as lead_at from {{ ref('fct_stage_events') }} where stage = 'lead' group by account_id
),

joined as (
    select
        targets.*,
        touches.touch_id,
        touches.touched_at,
        touches.channel,
        touches.campaign_id,
        touches.touched_at <= leads.lead_at as is_before_lead
    from {{ ref('int_attribution_targets') }} as targets
    left join touches
        on targets.account_id = touches.account_id and touches.touched_at < targets.target_at
        and touches.touched_at >= targets.target_at - interval '{{ var("attribution_lookback_days") }} days'
    left join leads on targets.account_id = leads.account_id
)

select
    *,
    row_number() over path as place,
    count(touch_id) over (partition by target_type, target_id) as touches,
    count(touch_id) filter (where is_before_lead) over (partition by target_type, target_id) as touches_before_lead,
    date_diff('second', touched_at, target_at) / 86400.0 as days_before
from joined
window path as (partition by target_type, target_id order by touched_at nulls last, touch_id nulls last)
