-- Paying accounts that are likely to buy more of what they have: nearly all seats in use, or more than they pay for.
with seats as (
    select * from {{ ref('rpt_seat_use') }} where seats_paid > 0 and mrr > 0
),

candidates as (
    select *, case when state = 'over' then 'uses_more_than_paid' else 'nearly_full' end as why
    from seats where use_rate >= {{ var('expansion_use_rate') }}
)

select
    candidates.account_id,
    candidates.account_name,
    candidates.owner_id,
    candidates.segment,
    candidates.why,
    candidates.seats_paid,
    candidates.seats_used,
    candidates.use_rate,
    health.health_score,
    candidates.mrr,
    -- what the seats above the plan would bring at the account's own price
    cast(
        {{ divide_money('cast(candidates.mrr as decimal(20, 6)) * cast(greatest(candidates.seats_used - candidates.seats_paid, 0) as decimal(12, 4))', 'candidates.seats_paid', 6) }}
        as decimal(18, 6)
    ) as mrr_above_plan,
    cast(row_number() over (order by candidates.use_rate desc nulls last, candidates.mrr desc nulls last, candidates.account_id asc nulls last) as integer) as place
from candidates
left join {{ ref('rpt_health') }} as health on candidates.account_id = health.account_id
