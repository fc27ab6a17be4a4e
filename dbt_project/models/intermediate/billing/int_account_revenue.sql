with night as (
    select date_trunc('month', night)::date as running_month from {{ source('ops', 'night') }}
),

movements as (
    select * from {{ ref('fct_mrr_movements') }} where policy = 'onefunnel'
),

by_account as (
    select
        account_id,
        cast(coalesce(sum(closing_mrr) filter (where month = running_month), 0) as decimal(18, 6)) as mrr,
        cast(coalesce(sum(closing_arr) filter (where month = running_month), 0) as decimal(18, 4)) as arr,
        max(month) filter (where churn_mrr > 0) as last_churn_month
    from movements
    cross join night
    group by account_id
),

first_paid as (
    select account_id, {{ reporting_date('min(effective_at)') }} as customer_since
    from {{ ref('fct_revenue_events') }}
    where status = 'active'
    group by account_id
),

last_ended as (
    select account_id, {{ reporting_date('max(effective_at)') }} as ended_on
    from {{ ref('fct_revenue_events') }}
    where status <> 'active'
    group by account_id
)

select
    by_account.account_id,
    by_account.mrr,
    by_account.arr,
    first_paid.customer_since,
    case when by_account.mrr = 0 then last_ended.ended_on end as churned_on
from by_account
left join first_paid using (account_id)
left join last_ended using (account_id)
