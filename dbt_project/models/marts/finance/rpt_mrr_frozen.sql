with frozen as (
    select * from {{ ref('int_frozen_months') }}
),

months as (
    select
        policy,
        month,
        basis,
        frozen_on,
        count(*) filter (where closing_mrr > 0) as closing_accounts,
        cast(sum(opening_mrr) as decimal(18, 6)) as opening_mrr,
        cast(sum(new_mrr) as decimal(18, 6)) as new_mrr,
        cast(sum(expansion_mrr) as decimal(18, 6)) as expansion_mrr,
        cast(sum(reactivation_mrr) as decimal(18, 6)) as reactivation_mrr,
        cast(sum(contraction_mrr) as decimal(18, 6)) as contraction_mrr,
        cast(sum(churn_mrr) as decimal(18, 6)) as churn_mrr,
        cast(sum(fx_mrr) as decimal(18, 6)) as fx_mrr,
        cast(sum(rounding_mrr) as decimal(18, 6)) as rounding_mrr,
        cast(sum(closing_mrr) as decimal(18, 6)) as closing_mrr,
        cast(sum(closing_arr) as decimal(18, 4)) as closing_arr
    from frozen
    group by policy, month, basis, frozen_on
)

select * from months
