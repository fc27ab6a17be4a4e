-- Accounts lost, by month and by why billing says that they ended.
with churned as (
    select month, account_id, churn_mrr from {{ ref('fct_mrr_movements') }} where policy = 'onefunnel' and churn_mrr > 0
),

ends as (
    select * from {{ ref('int_churn_reasons') }}
),

explained as (
    select churned.month, churned.account_id, churned.churn_mrr, coalesce(ends.reason, 'unknown') as reason, coalesce(ends.is_involuntary, false) as is_involuntary
    from churned
    left join ends on churned.account_id = ends.account_id and churned.month = ends.month
)

select
    month,
    reason,
    case
        when reason = 'unknown' then 'unknown'
        when is_involuntary then 'involuntary'
        else 'voluntary'
    end as kind,
    is_involuntary,
    count(*) as accounts,
    cast(sum(churn_mrr) as decimal(18, 6)) as churn_mrr
from explained
group by all
