-- One row for each stage that a pass entered: its first evidence, steps back and forth again, and what a later stage proves.
with numbered as (
    select
        *,
        lag(stage_rank) over (
            partition by account_id, pass_kind, pass_number, source, instance, table_name, record_key, evidence, is_mark, is_dated
            order by entered_at, stage_rank
        ) as rank_before
    from {{ ref('int_stage_passes') }}
),

compared as (
    select *, coalesce(is_mark and is_dated and stage_rank between 1 and 7 and stage_rank < rank_before, false) as is_regression
    from numbered
),

-- after a step back, the same record's way up again is told too
stepped as (
    select
        *,
        is_mark and coalesce(bool_or(is_regression) over (
            partition by account_id, pass_kind, pass_number, source, instance, table_name, record_key
            order by entered_at, stage_rank rows between unbounded preceding and 1 preceding
        ), false) as is_again,
        row_number() over (
            partition by account_id, pass_kind, pass_number, stage, is_regression
            order by entered_at, evidence, source, instance, table_name, record_key, field
        ) as place
    from compared
),

-- milestones (8 to 14) may repeat
told as (
    select * from stepped where is_regression or is_again or stage_rank > 8 or place = 1
),

first_entries as (
    select * from told where not is_regression and stage_rank <= 9
    qualify row_number() over (partition by account_id, pass_kind, pass_number, stage order by entered_at, place) = 1
),

billed_at as (
    select account_id, pass_number, min(entered_at) as billed_at
    from first_entries where stage = 'billed' and not is_after_end group by account_id, pass_number
),

-- sold by itself: it signed up or pays, and nobody in sales took part before it paid
passes as (
    select
        entries.account_id,
        entries.pass_kind,
        entries.pass_number,
        bool_or(stage in ('activated', 'billed') or (stage = 'lead' and field = 'signed up')) as is_bought,
        bool_or(stage_rank between 4 and 7 and entered_at < coalesce(billed_at.billed_at, timestamptz '9999-12-31')) as is_sold,
        arg_min(stage_rank, (entered_at, stage_rank)) filter (where stage_rank between 1 and 7) as opened_at_rank,
        any_value(billed_at.billed_at) as billed_at
    from first_entries as entries
    left join billed_at using (account_id, pass_number)
    group by entries.account_id, entries.pass_kind, entries.pass_number
),

paths as (
    select *, case when is_bought and not is_sold and pass_kind = 'new_business' then 'self_serve' else 'sales_led' end as path from passes
),

-- each stage below one that was entered, in sales-led passes up to won; of self-serve passes only the lead
below as (
    select
        entries.*,
        paths.path,
        stages.stage as proved_stage,
        stages.stage_rank as proved_rank
    from first_entries as entries
    inner join paths using (account_id, pass_kind, pass_number)
    inner join {{ ref('funnel_stages') }} as stages
        on stages.stage_rank between 2 and 7 and stages.stage_rank < entries.stage_rank
        and (paths.pass_number = 1 or stages.stage_rank > paths.opened_at_rank)
        and (paths.path = 'sales_led' or stages.stage_rank = 2)
        and (paths.pass_kind = 'new_business' or stages.stage_rank = 6)
    where not entries.is_after_end and (entries.stage_rank <= 8 or (entries.stage_rank = 9 and paths.path = 'self_serve'))
),

proofs as (
    select * from below
    qualify row_number() over (
        partition by account_id, pass_kind, pass_number, proved_stage order by entered_at, stage_rank, source, record_key
    ) = 1
),

inferred as (
    select
        proofs.* exclude (proved_stage, proved_rank, path) replace (
            proofs.proved_stage as stage, proofs.proved_rank as stage_rank, 'inferred' as evidence, false as is_regression,
            'proved by ' || proofs.stage as field
        ),
        own.stage is null as is_skipped
    from proofs
    left join first_entries as own
        on proofs.account_id = own.account_id and proofs.pass_kind = own.pass_kind and proofs.pass_number = own.pass_number
        and proofs.proved_stage = own.stage
    where own.stage is null or own.entered_at > proofs.entered_at
),

-- what was proved earlier takes the place of later evidence of the same stage
entries as (
    select told.*, false as is_skipped
    from told
    anti join inferred
        on told.account_id = inferred.account_id and told.pass_kind = inferred.pass_kind
        and told.pass_number = inferred.pass_number and told.stage = inferred.stage and not told.is_regression and not told.is_again
    union all by name
    select * from inferred
)

select entries.* exclude (rank_before, is_again, place, is_mark, is_dated, deal_id), paths.path
from entries
left join paths using (account_id, pass_kind, pass_number)
