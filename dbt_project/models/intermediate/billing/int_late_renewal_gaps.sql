-- The months between a churn and the late renewal that undid it: in the view `actual` the account was never away.
with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

returns as (
    select policy, account_id, month as returned_month from movements where is_late_renewal
),

pairs as (
    select returns.policy, returns.account_id, returns.returned_month, max(movements.month) as churn_month
    from returns
    inner join movements
        on returns.policy = movements.policy and returns.account_id = movements.account_id
        and movements.churn_mrr > 0 and movements.month < returns.returned_month
    group by returns.policy, returns.account_id, returns.returned_month
)

select
    pairs.policy,
    pairs.account_id,
    pairs.churn_month,
    pairs.returned_month,
    movements.opening_mrr as carried_mrr
from pairs
inner join movements
    on pairs.policy = movements.policy and pairs.account_id = movements.account_id and pairs.churn_month = movements.month
