-- What a segment's conditions may ask of an account: one row per account and fact, as text and, where it is one, as a number.
with accounts as (
    select * from {{ ref('int_accounts') }} where not is_deleted
),

revenue as (
    select * from {{ ref('int_account_revenue') }}
),

stages as (
    select account_id, arg_max(stage, (entered_at, stage_rank)) as stage from {{ ref('fct_stage_events') }} group by account_id
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
),

touches as (
    select touches.account_id, count(*) as touches_90_days
    from {{ ref('fct_touches') }} as touches
    cross join night
    where touches.is_attributed and touches.touched_at > night.built_as_of - interval '90 days' and touches.touched_at <= night.built_as_of
    group by touches.account_id
),

targets as (
    select account_id, min(tier) as tier from {{ ref('rpt_target_accounts') }} where account_id is not null group by account_id
),

wide as (
    select
        accounts.account_id,
        lower(accounts.country) as country,
        lower(accounts.industry) as industry,
        accounts.segment,
        lower(accounts.legal_entity) as legal_entity,
        coalesce(stages.stage, 'none') as stage,
        case
            when coalesce(revenue.mrr, 0) > 0 then 'customer'
            when revenue.customer_since is not null then 'churned'
            else 'prospect'
        end as status,
        cast(targets.account_id is not null as varchar) as is_target,
        cast(targets.tier as varchar) as target_tier,
        cast(accounts.employee_count as varchar) as employee_count,
        cast(coalesce(revenue.mrr, 0) as varchar) as mrr,
        cast(coalesce(touches.touches_90_days, 0) as varchar) as touches_90_days
    from accounts
    left join revenue on accounts.account_id = revenue.account_id
    left join stages on accounts.account_id = stages.account_id
    left join touches on accounts.account_id = touches.account_id
    left join targets on accounts.account_id = targets.account_id
)

{% set facts = ['country', 'industry', 'segment', 'legal_entity', 'stage', 'status', 'is_target', 'target_tier', 'employee_count', 'mrr', 'touches_90_days'] %}
{% for fact in facts %}
{{ 'union all' if not loop.first }}
select account_id, '{{ fact }}' as fact, {{ fact }} as value from wide where {{ fact }} is not null
{% endfor %}
