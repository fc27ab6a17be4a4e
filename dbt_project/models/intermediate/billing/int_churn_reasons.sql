-- Why an account that fell to 0 in a month ended, by what billing said last in that month.
with ends as (
    select
        account_id,
        cast(date_trunc('month', {{ reporting_date('effective_at') }}) as date) as month,
        arg_max(case when status in ('past_due', 'unpaid', 'paused') then status else reason end, (effective_at, item_id)) as reason
    from {{ ref('fct_revenue_events') }}
    where status <> 'active'
    group by 1, 2
)

select
    account_id,
    month,
    reason,
    coalesce(reason in ('past_due', 'unpaid', 'not_paid', 'no_card', 'payment_failed', 'payment_disputed'), false) as is_involuntary
from ends
