-- The MRR that was told: frozen for the months that are closed, live for those that are not.
with frozen as (
    select policy, month, true as is_frozen, frozen_on, closing_accounts, opening_mrr, new_mrr, expansion_mrr, reactivation_mrr,
        contraction_mrr, churn_mrr, fx_mrr, rounding_mrr, closing_mrr, closing_arr
    from {{ ref('rpt_mrr_frozen') }}
),

live as (
    select monthly.policy, monthly.month, false as is_frozen, cast(null as date) as frozen_on, monthly.closing_accounts,
        monthly.opening_mrr, monthly.new_mrr, monthly.expansion_mrr, monthly.reactivation_mrr, monthly.contraction_mrr,
        monthly.churn_mrr, monthly.fx_mrr, monthly.rounding_mrr, monthly.closing_mrr, monthly.closing_arr
    from {{ ref('rpt_mrr_monthly') }} as monthly
    anti join frozen on monthly.policy = frozen.policy and monthly.month = frozen.month
)

select * from frozen
union all
select * from live
