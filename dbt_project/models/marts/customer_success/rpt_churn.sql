-- Accounts lost, by month and by why billing says that they ended.
with churned as (
    select month, account_id, churn_mrr from {{ ref('fct_mrr_movements') }} where policy = 'onefunnel' and churn_mrr > 0
),

ends as (
    select
        account_id,
        date_trunc('month', {{ reporting_date('effective_at') }})::date as month,
        arg_max(case when status in ('past_due', 'unpaid', 'paused') then status else reason end, (effective_at, item_id)) as reason
    from {{ ref('fct_revenue_events') }}
    where status <> 'active'
    group by all
),

explained as (
    select churned.month, churned.account_id, churned.churn_mrr, coalesce(ends.reason, 'unknown') as reason
    from churned
    left join ends on churned.account_id = ends.account_id and churned.month = ends.month
)

select
    month,
    reason,
    case
        when reason = 'unknown' then 'unknown'
        when reason in ('past_due', 'unpaid', 'not_paid', 'no_card', 'payment_failed', 'payment_disputed') then 'involuntary'
        else 'voluntary'
    end as kind,
    reason in ('past_due', 'unpaid', 'not_paid', 'no_card', 'payment_failed', 'payment_disputed') as is_involuntary,
    count(*) as accounts,
    cast(sum(churn_mrr) as decimal(18, 6)) as churn_mrr
from explained
group by all
