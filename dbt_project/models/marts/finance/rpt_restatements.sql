-- What changed in a frozen month since it was published, by the night that first showed the change.
with night as (
    select night from {{ source('ops', 'night') }}
),

earlier as (
    select * from {{ source('state', 'restatements') }}
),

frozen as (
    select * from {{ ref('int_frozen_months') }}
),

told as (
    select policy, month, account_id, arg_max(value, told_on) as value
    from (
        select policy, month, account_id, closing_mrr as value, frozen_on as told_on from frozen
        union all
        select policy, month, account_id, new_value, night from earlier
    )
    group by policy, month, account_id
),

live as (
    select movements.policy, movements.month, movements.account_id, movements.closing_mrr as value
    from {{ ref('fct_mrr_movements') }} as movements
    semi join frozen on movements.policy = frozen.policy and movements.month = frozen.month
),

renamed as (
    select distinct unnest([golden_id, other_id]) as account_id
    from {{ source('identity', 'changes') }} as changes
    inner join night on changes.night = night.night
    where changes.entity_kind = 'account' and changes.change in ('merged', 'split')
),

latest_events as (
    select account_id, arg_max(source || ':' || instance || ':' || table_name || ':' || record_key, (effective_at, item_id)) as evidence
    from {{ ref('fct_revenue_events') }}
    group by account_id
),

differing as (
    select
        coalesce(live.policy, told.policy) as policy,
        coalesce(live.month, told.month) as month,
        coalesce(live.account_id, told.account_id) as account_id,
        coalesce(told.value, 0) as old_value,
        coalesce(live.value, 0) as new_value
    from told
    full join live on told.policy = live.policy and told.month = live.month and told.account_id = live.account_id
    where coalesce(told.value, 0) <> coalesce(live.value, 0)
),

tonight as (
    select
        night.night,
        differing.policy,
        differing.month,
        differing.account_id,
        differing.old_value,
        differing.new_value,
        case when renamed.account_id is not null then 'accounts merged or split' else 'source records changed' end as cause,
        latest_events.evidence
    from differing
    cross join night
    left join renamed on differing.account_id = renamed.account_id
    left join latest_events on differing.account_id = latest_events.account_id
),

restatements as (
    select night, policy, month, account_id, old_value, new_value, cause, evidence from earlier
    union all
    select night, policy, month, account_id, old_value, new_value, cause, evidence from tonight
)

select
    night,
    policy,
    month,
    account_id,
    cast(old_value as decimal(18, 6)) as old_value,
    cast(new_value as decimal(18, 6)) as new_value,
    cast(new_value - old_value as decimal(18, 6)) as change,
    cause,
    evidence
from restatements
