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

renamed as (
    select distinct unnest([golden_id, other_id]) as account_id
    from {{ source('identity', 'changes') }} as changes
    inner join night on changes.night = night.night
    where changes.entity_kind = 'account' and changes.change in ('merged', 'split')
),

redefined as (
    select policy, lag(definition) over (partition by policy order by night) as was, definition
    from {{ ref('int_revenue_definitions') }}
    qualify row_number() over (partition by policy order by night desc) = 1 and was <> definition
),

-- the records that say what each item of the account was at the month's end
sources as (
    select
        differing.policy, differing.month, differing.account_id, events.item_id,
        arg_max(events.source || ':' || events.instance || ':' || events.table_name || ':' || events.record_key, (events.effective_at, events.record_key)) as source_row
    from differing
    inner join {{ ref('fct_revenue_events') }} as events
        on differing.account_id = events.account_id
        and {{ reporting_date('events.effective_at') }} <= last_day(differing.month)
    group by differing.policy, differing.month, differing.account_id, events.item_id
),

evidence as (
    select policy, month, account_id, string_agg(distinct source_row, ', ' order by source_row) as evidence
    from sources
    group by policy, month, account_id
),

tonight as (
    select
        night.night,
        differing.policy,
        differing.month,
        differing.account_id,
        differing.old_value,
        differing.new_value,
        case
            when renamed.account_id is not null then 'accounts merged or split'
            when redefined.policy is not null then 'definition changed: was ' || redefined.was || ', is ' || redefined.definition
            else 'source records changed'
        end as cause,
        evidence.evidence
    from differing
    cross join night
    left join renamed on differing.account_id = renamed.account_id
    left join redefined on differing.policy = redefined.policy
    left join evidence
        on differing.policy = evidence.policy and differing.month = evidence.month and differing.account_id = evidence.account_id
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
