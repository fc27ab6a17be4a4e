with evidence as (
    select * from {{ ref('int_stage_evidence') }}
),

pass_ends as (
    select account_id, entered_at as ended_at from evidence where stage = 'churned'
    union
    select account_id, closed_at from {{ ref('fct_deals') }}
    where is_closed and not is_won and deal_type = 'new' and account_id is not null and closed_at is not null
),

in_pass as (
    select
        evidence.*,
        (
            select count(*) from pass_ends
            where pass_ends.account_id = evidence.account_id and pass_ends.ended_at < evidence.entered_at
        ) as ends_before
    from evidence
),

-- only evidence in stages 1 to 7 opens a pass; milestones belong to the pass that is open
openings as (
    select account_id, ends_before, dense_rank() over (partition by account_id order by ends_before) as pass_number
    from (select distinct account_id, ends_before from in_pass where stage_rank between 1 and 7)
),

numbered as (
    select in_pass.*, coalesce(openings.pass_number, 1) as pass_number
    from in_pass
    asof left join openings
        on in_pass.account_id = openings.account_id and in_pass.ends_before >= openings.ends_before
),

first_evidence as (
    select * from numbered
    qualify stage_rank > 8 or row_number() over (
        partition by account_id, pass_number, stage order by entered_at, evidence, source, instance, table_name, record_key
    ) = 1
),

ordered as (
    select
        *,
        lead(entered_at) over pass_order as left_at,
        coalesce(max(case when stage_rank <= 7 then stage_rank end) over (
            partition by account_id, pass_number order by entered_at, stage_rank rows between unbounded preceding and 1 preceding
        ), 0) as highest_before,
        bool_or(stage_rank between 3 and 7) over (partition by account_id, pass_number) as is_sales_led
    from first_evidence
    window pass_order as (partition by account_id, pass_number order by entered_at, stage_rank)
)

select
    account_id,
    person_id,
    cast(pass_number as integer) as pass_number,
    'new_business' as pass_kind,
    case when is_sales_led then 'sales_led' else 'self_serve' end as path,
    stage,
    stage_rank,
    entered_at,
    left_at,
    evidence,
    source,
    instance,
    table_name,
    record_key,
    is_sales_led and stage_rank between 3 and 7 and stage_rank > highest_before + 1 and highest_before >= 1 as is_skipped,
    -- a night on which something was first seen does not tell that it came after
    evidence <> 'snapshot' and stage_rank between 1 and 7 and stage_rank < highest_before as is_regression,
    cast(null as varchar) as problem_code,
    field as reason,
    cast(date_diff('day', entered_at, left_at) as integer) as days_in_stage
from ordered
