-- Each manager's month: the sum over everybody under them, at any depth, themselves among them.
with managers as (
    select manager_id from {{ ref('int_owner_tree') }} group by manager_id having count(*) > 1
),

under as (
    select tree.manager_id, tree.owner_id
    from {{ ref('int_owner_tree') }} as tree
    inner join managers on tree.manager_id = managers.manager_id
),

summed as (
    select
        reps.month,
        under.manager_id,
        count(*) as owners,
        sum(reps.created_deals) as created_deals,
        sum(reps.created_amount) as created_amount,
        sum(reps.won) as won,
        sum(reps.lost) as lost,
        sum(reps.won_amount) as won_amount,
        sum(reps.quota) as quota,
        sum(reps.touches) as touches,
        sum(reps.meetings_held) as meetings_held,
        sum(reps.leads) as leads,
        sum(reps.leads_touched) as leads_touched
    from {{ ref('rpt_rep_performance') }} as reps
    inner join under on reps.owner_id = under.owner_id
    group by reps.month, under.manager_id
)

select
    summed.month,
    summed.manager_id,
    owners.full_name as manager,
    summed.owners,
    cast(summed.created_deals as bigint) as created_deals,
    cast(summed.created_amount as decimal(18, 6)) as created_amount,
    cast(summed.won as bigint) as won,
    cast(summed.lost as bigint) as lost,
    cast(summed.won_amount as decimal(18, 6)) as won_amount,
    summed.won / nullif(cast(summed.won + summed.lost as double), 0) as win_rate,
    cast(summed.quota as decimal(18, 6)) as quota,
    cast(summed.won_amount as double) / nullif(cast(summed.quota as double), 0) as attainment,
    cast(summed.touches as bigint) as touches,
    cast(summed.meetings_held as bigint) as meetings_held,
    cast(summed.leads as bigint) as leads,
    cast(summed.leads_touched as bigint) as leads_touched
from summed
left join {{ ref('dim_owners') }} as owners on summed.manager_id = owners.owner_id
