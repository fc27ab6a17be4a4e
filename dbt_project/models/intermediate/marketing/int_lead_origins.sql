-- Each account that became a lead, once a pass, with the touch that made it one: the last of its people's at or before that.
with leads as (
    select account_id, pass_number, min(entered_at) as lead_at
    from {{ ref('fct_stage_events') }}
    where stage = 'lead' and entered_at is not null
    group by account_id, pass_number
),

touches as (
    select * from {{ ref('fct_touches') }} where is_attributed and account_id is not null
),

origins as (
    select
        leads.account_id,
        leads.pass_number,
        max(touches.touched_at) as touched_at,
        arg_max(touches.channel, (touches.touched_at, touches.touch_id)) as channel,
        arg_max(coalesce(touches.campaign_id, ''), (touches.touched_at, touches.touch_id)) as campaign_id
    from leads
    inner join touches
        on leads.account_id = touches.account_id and touches.touched_at <= leads.lead_at
        and touches.touched_at >= leads.lead_at - interval '{{ var("attribution_lookback_days") }} days'
    group by leads.account_id, leads.pass_number
)

select
    leads.account_id,
    leads.pass_number,
    leads.lead_at,
    cast(date_trunc('month', {{ reporting_date('leads.lead_at') }}) as date) as month,
    coalesce(origins.channel, 'unattributed') as channel,
    nullif(origins.campaign_id, '') as campaign_id
from leads
left join origins on leads.account_id = origins.account_id and leads.pass_number = origins.pass_number
