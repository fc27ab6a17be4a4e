with accounts as (
    select * from {{ ref('int_accounts') }}
),

revenue as (
    select * from {{ ref('int_account_revenue') }}
),

stages as (
    -- a customer's activation, renewal or expansion is no other stage than the one in which it stands
    select account_id, arg_max(stage, (entered_at, stage_rank)) as stage
    from (
        select *, bool_or(stage = 'billed') over (partition by account_id) as is_billed from {{ ref('fct_stage_events') }}
        where pass_kind = 'new_business'
    ) as events
    where stage not in ('renewed', 'expanded') and not (stage = 'activated' and is_billed)
    group by account_id
),

channels as (
    select * from {{ ref('int_account_channels') }}
),

targets as (
    select distinct account_id from {{ ref('rpt_target_accounts') }} where account_id is not null
)

select
    accounts.account_id,
    accounts.name,
    accounts.domain,
    accounts.country,
    accounts.industry,
    accounts.employee_count,
    accounts.segment,
    accounts.owner_id,
    accounts.legal_entity,
    accounts.parent_account_id,
    stages.stage,
    case
        when revenue.mrr > 0 then 'customer'
        when revenue.customer_since is not null then 'churned'
        else 'prospect'
    end as status,
    revenue.customer_since,
    revenue.churned_on,
    cast(coalesce(revenue.mrr, 0) as decimal(18, 6)) as mrr,
    cast(coalesce(revenue.arr, 0) as decimal(18, 4)) as arr,
    health.health_score,
    targets.account_id is not null as is_target,
    internal.account_id is not null as is_internal,
    accounts.source_count,
    accounts.first_source,
    channels.channel
from accounts
left join revenue using (account_id)
left join stages using (account_id)
left join channels using (account_id)
left join targets using (account_id)
left join {{ ref('rpt_health') }} as health using (account_id)
left join {{ ref('int_internal_accounts') }} as internal using (account_id)
