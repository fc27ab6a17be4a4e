with subscriptions as (
    select * from {{ ref('int_subscriptions') }} where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('xref_accounts') }}
)

select
    subscriptions.source || ':' || subscriptions.instance || ':' || subscriptions.record_key as subscription_id,
    coalesce(accounts.account_id, 'unassigned') as account_id,
    subscriptions.source,
    subscriptions.instance,
    subscriptions.table_name,
    subscriptions.record_key,
    subscriptions.status,
    subscriptions.currency,
    subscriptions.created_at,
    subscriptions.started_at,
    subscriptions.trial_start,
    subscriptions.trial_end,
    subscriptions.current_term_start,
    subscriptions.current_term_end,
    subscriptions.cancel_requested_at,
    subscriptions.ended_at,
    subscriptions.cancel_reason
from subscriptions
left join accounts
    on subscriptions.source = accounts.source and subscriptions.instance = accounts.instance
    and subscriptions.customer_table = accounts.table_name and subscriptions.customer_key = accounts.record_key
