-- The pipeline due in each month and quarter: what it opened with, what moved it, what it closed with.
with deals as (
    select
        *,
        was_there and was_due as is_opening,
        not is_closed_within and is_due as is_closing,
        is_closed_within or is_due as is_in_scope
    from {{ ref('int_deal_periods') }}
),

moved as (
    select
        period_kind,
        period_start,
        pipeline,
        owner_id,
        deal_type,
        case when is_opening then amount_before else 0 end as opening,
        case when not was_there and is_in_scope then amount_after else 0 end as created,
        case when was_there and not was_due and is_in_scope then amount_before else 0 end as pulled_in,
        case when was_there and is_in_scope then amount_after - amount_before else 0 end as change,
        case when is_opening and not is_in_scope then amount_before else 0 end as slipped,
        case when is_closed_within and is_won then amount_after else 0 end as won,
        case when is_closed_within and not is_won then amount_after else 0 end as lost,
        case when is_closing then amount_after else 0 end as closing
    from deals
)

select
    period_kind,
    period_start,
    pipeline,
    owner_id,
    deal_type,
    cast(sum(opening) as decimal(18, 6)) as opening,
    cast(sum(created) as decimal(18, 6)) as created,
    cast(sum(pulled_in) as decimal(18, 6)) as pulled_in,
    cast(sum(greatest(change, 0)) as decimal(18, 6)) as raised,
    cast(sum(greatest(-change, 0)) as decimal(18, 6)) as cut,
    cast(sum(slipped) as decimal(18, 6)) as slipped,
    cast(sum(won) as decimal(18, 6)) as won,
    cast(sum(lost) as decimal(18, 6)) as lost,
    cast(sum(closing) as decimal(18, 6)) as closing
from moved
group by period_kind, period_start, pipeline, owner_id, deal_type
