-- Paying accounts to which no human of ours has spoken for `untouched_days` days, those that pay most first.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

customers as (
    select account_id, mrr, customer_since from {{ ref('int_account_revenue') }}
    anti join {{ ref('int_internal_accounts') }} as internal using (account_id)
    where mrr > 0
)

select
    customers.account_id,
    accounts.name as account_name,
    accounts.owner_id,
    coalesce(accounts.segment, 'unknown') as segment,
    touches.last_spoken_at,
    touches.last_touched_at,
    date_diff('day', coalesce({{ reporting_date('touches.last_spoken_at') }}, customers.customer_since), night.night) as days_untouched,
    touches.last_spoken_at is null as was_never_touched,
    customers.customer_since,
    health.health_score,
    cast(customers.mrr as decimal(18, 6)) as mrr,
    cast(row_number() over (order by customers.mrr desc nulls last, customers.account_id asc nulls last) as integer) as place
from customers
cross join night
left join {{ ref('int_last_touches') }} as touches on customers.account_id = touches.account_id
left join {{ ref('int_accounts') }} as accounts on customers.account_id = accounts.account_id
left join {{ ref('rpt_health') }} as health on customers.account_id = health.account_id
where coalesce({{ reporting_date('touches.last_spoken_at') }}, customers.customer_since) <= night.night - {{ var('untouched_days') }}
