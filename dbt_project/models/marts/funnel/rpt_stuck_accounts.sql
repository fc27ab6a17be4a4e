-- Accounts that stand in a stage longer than it should take, or pay and are at risk: by name, with the money that waits.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

limits (stage, limit_days) as (
    values
    {% set limits = var('stage_limit_days') %}
    {% for stage in limits %}
        ('{{ stage }}', {{ limits[stage] | default(0) }}){{ ',' if not loop.last }}
    {% endfor %}
),

events as (
    select *, bool_or(stage = 'billed') over (partition by account_id, pass_kind, pass_number) as is_billed
    from {{ ref('fct_stage_events') }}
),

-- the stage that each pass has come to; renewals and expansions, or a customer's activation, change nothing about where it stands
current_stages as (
    select *
    from events
    where stage not in ('renewed', 'expanded') and not (stage = 'activated' and is_billed)
    qualify row_number() over (
        partition by account_id, pass_kind, pass_number order by entered_at desc, stage_rank desc, source asc, record_key asc
    ) = 1
),

-- of new business the last pass alone; what was lost, recycled or churned stands nowhere
standing as (
    select * from current_stages
    where coalesce(problem_code, '') not in ('lost', 'recycled', 'rejected', 'disqualified', 'junk', 'duplicate')
        and stage not in ('churned', 'target')
),

last_passes as (
    select account_id, max(pass_number) as pass_number from current_stages where pass_kind = 'new_business' group by account_id
),

open_amounts as (
    select account_id, case when deal_type = 'new' then 'new_business' else 'customer' end as pass_kind, sum(amount_reporting) as amount
    from {{ ref('fct_deals') }}
    where not is_closed and account_id is not null
    group by all
),

won_amounts as (
    select account_id, arg_max(amount_reporting, (closed_at, deal_id)) as amount
    from {{ ref('fct_deals') }}
    where is_won and deal_type = 'new' and account_id is not null
    group by account_id
),

measured as (
    select
        standing.*,
        limits.limit_days,
        date_diff('day', standing.entered_at, night.built_as_of) as days
    from standing
    cross join night
    left join limits on standing.stage = limits.stage
    left join last_passes on standing.account_id = last_passes.account_id
    where standing.pass_kind = 'customer' or standing.pass_number = last_passes.pass_number
)

select
    measured.account_id,
    accounts.name as account_name,
    accounts.segment,
    accounts.owner_id,
    measured.pass_kind,
    measured.pass_number,
    measured.path,
    measured.stage,
    measured.entered_at as since,
    cast(measured.days as integer) as days,
    cast(measured.limit_days as integer) as limit_days,
    measured.problem_code,
    measured.reason,
    cast(
        case
            when measured.stage_rank >= 8 then revenue.arr
            when measured.stage = 'won' then won_amounts.amount
            else open_amounts.amount
        end as decimal(18, 4)
    ) as money
from measured
left join {{ ref('int_accounts') }} as accounts on measured.account_id = accounts.account_id
left join {{ ref('int_account_revenue') }} as revenue on measured.account_id = revenue.account_id
left join won_amounts on measured.account_id = won_amounts.account_id
left join open_amounts on measured.account_id = open_amounts.account_id and measured.pass_kind = open_amounts.pass_kind
where
    (measured.stage_rank <= 9 and measured.days > measured.limit_days and not (measured.pass_kind = 'customer' and measured.stage = 'won'))
    or measured.problem_code = 'at_risk'
