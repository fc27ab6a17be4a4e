-- A subscription that ended has the last reason that its account gave by then.
with reasons as (
    select account_id, try_cast(churn_date as date) as given_on, max(reason_code) as reason_code
    from {{ source('raw_ravenstack', 'churn_events') }}
    group by account_id, try_cast(churn_date as date)
),

subscriptions as (
    select *, try_cast(end_date as date) as ended_on from {{ source('raw_ravenstack', 'subscriptions') }}
)

select
    'ravenstack' as source, subscriptions._instance as instance, 'subscriptions' as table_name, subscriptions.subscription_id as record_key,
    'accounts' as customer_table, subscriptions.account_id as customer_key,
    case when subscriptions.ended_on is null then 'active' else 'cancelled' end as status, 'USD' as currency,
    try_cast(subscriptions.start_date as timestamptz) as started_at, cast(subscriptions.ended_on as timestamptz) as ended_at,
    reasons.reason_code as cancel_reason, false as is_deleted
from subscriptions
asof left join reasons on subscriptions.account_id = reasons.account_id and subscriptions.ended_on >= reasons.given_on
