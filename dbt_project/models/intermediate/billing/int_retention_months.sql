-- Each account's movements by month and view. `scheduled` is what happened; `actual` nets a late renewal with the churn before
-- it: the account keeps its MRR through the gap, and only the difference at its return is expansion or contraction.
with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

gaps as (
    select * from {{ ref('int_late_renewal_gaps') }}
),

between as (
    select policy, account_id, carried_mrr, cast(unnest(generate_series(churn_month, returned_month - interval 1 month, interval 1 month)) as date) as month
    from gaps
),

kept as (
    select
        movements.policy, movements.account_id, movements.month,
        coalesce(gaps.carried_mrr, movements.opening_mrr) as opening_mrr,
        movements.new_mrr,
        movements.expansion_mrr + coalesce(greatest(movements.reactivation_mrr - gaps.carried_mrr, 0), 0) as expansion_mrr,
        case when gaps.account_id is null then movements.reactivation_mrr else 0 end as reactivation_mrr,
        movements.contraction_mrr + coalesce(greatest(gaps.carried_mrr - movements.reactivation_mrr, 0), 0) as contraction_mrr,
        movements.churn_mrr,
        movements.closing_mrr
    from movements
    anti join between
        on movements.policy = between.policy and movements.account_id = between.account_id and movements.month = between.month
    left join gaps
        on movements.policy = gaps.policy and movements.account_id = gaps.account_id and movements.month = gaps.returned_month
),

views as (
    select 'scheduled' as view, policy, account_id, month, opening_mrr, new_mrr, expansion_mrr, reactivation_mrr, contraction_mrr, churn_mrr, closing_mrr
    from movements
    union all
    select 'actual', policy, account_id, month, opening_mrr, new_mrr, expansion_mrr, reactivation_mrr, contraction_mrr, churn_mrr, closing_mrr
    from kept
    union all
    select 'actual', policy, account_id, month, carried_mrr as opening_mrr, 0, 0, 0, 0, 0, carried_mrr as closing_mrr
    from between
)

select
    view, policy, account_id, month,
    {% for name in ['opening_mrr', 'new_mrr', 'expansion_mrr', 'reactivation_mrr', 'contraction_mrr', 'churn_mrr', 'closing_mrr'] %}
    cast({{ name }} as decimal(18, 6)) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from views
