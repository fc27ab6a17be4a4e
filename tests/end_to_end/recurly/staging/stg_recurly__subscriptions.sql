select
    'recurly' as source,
    _instance as instance,
    'subscriptions' as table_name,
    subscription_id as record_key,
    'accounts' as customer_table,
    account_id as customer_key,
    -- Recurly's canceled runs to the end of its term; expired is what other tools call cancelled
    case state when 'expired' then 'cancelled' when 'canceled' then 'non_renewing' else state end as status,
    currency,
    try_cast(created_at as timestamptz) as created_at,
    try_cast(activated_at as timestamptz) as started_at,
    try_cast(trial_ends_at as timestamptz) as trial_end,
    try_cast(term_end as timestamptz) as current_term_end,
    try_cast(canceled_at as timestamptz) as cancel_requested_at,
    case when state = 'expired' then try_cast(expires_at as timestamptz) end as ended_at,
    reason as cancel_reason,
    try_cast(paused_at as timestamptz) as pause_from,
    false as is_deleted
from {{ source('raw_recurly', 'subscriptions') }}
