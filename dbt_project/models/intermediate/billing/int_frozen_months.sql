-- Closed months as they were first published. A month freezes at the first published night on or after its close day.
with night as (
    select night from {{ source('ops', 'night') }}
),

earlier as (
    select * from {{ source('state', 'frozen_months') }}
),

known as (
    select distinct policy, month from earlier
),

closed as (
    select
        movements.*,
        night.night as frozen_on,
        case
            when night.night <= last_day(movements.month) + {{ var('month_close_day') }} + 31 and exists (select 1 from earlier) then 'on_close'
            else 'backfilled'
        end as basis
    from {{ ref('fct_mrr_movements') }} as movements
    cross join night
    where last_day(movements.month) + {{ var('month_close_day') }} <= night.night
),

tonight as (
    select closed.* from closed anti join known on closed.policy = known.policy and closed.month = known.month
)

select frozen_on, basis, policy, month, account_id, opening_mrr, new_mrr, expansion_mrr, reactivation_mrr, contraction_mrr, churn_mrr, fx_mrr, rounding_mrr, closing_mrr, closing_arr from earlier
union all
select frozen_on, basis, policy, month, account_id, opening_mrr, new_mrr, expansion_mrr, reactivation_mrr, contraction_mrr, churn_mrr, fx_mrr, rounding_mrr, closing_mrr, closing_arr from tonight
