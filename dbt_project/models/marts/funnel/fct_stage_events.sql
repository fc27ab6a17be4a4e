with entries as (
    select * from {{ ref('int_stage_entries') }}
),

problems as (
    select * from {{ ref('int_stage_problems') }}
),

-- the next stage of the pass, or its end
ordered as (
    select
        *,
        coalesce(
            lead(entered_at) over (
                partition by account_id, pass_kind, pass_number order by entered_at, stage_rank, source, instance, table_name, record_key
            ),
            case when ended_at > entered_at then ended_at end
        ) as left_at
    from entries
)

select
    ordered.account_id,
    ordered.person_id,
    cast(ordered.pass_number as integer) as pass_number,
    ordered.pass_kind,
    coalesce(ordered.path, 'sales_led') as path,
    ordered.stage,
    ordered.stage_rank,
    ordered.entered_at,
    ordered.left_at,
    ordered.evidence,
    ordered.source,
    ordered.instance,
    ordered.table_name,
    ordered.record_key,
    ordered.is_skipped,
    ordered.is_regression,
    problems.problem_code,
    case when problems.problem_code is not null then problems.reason else ordered.field end as reason,
    cast(date_diff('day', ordered.entered_at, ordered.left_at) as integer) as days_in_stage
from ordered
left join problems
    on ordered.account_id = problems.account_id and ordered.pass_kind = problems.pass_kind
    and ordered.pass_number = problems.pass_number and ordered.stage = problems.stage
    and ordered.entered_at = problems.entered_at and not ordered.is_regression
