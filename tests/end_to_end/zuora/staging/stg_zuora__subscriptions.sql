-- The charges name more subscriptions than the table of them holds.
select
    'zuora' as source,
    _instance as instance,
    'charges' as table_name,
    subscription_id as record_key,
    'accounts' as customer_table,
    any_value(account_id) as customer_key,
    'active' as status,
    any_value(currency) as currency,
    min(try_cast(starts_on as timestamptz)) as started_at,
    max(try_cast(ends_on as timestamptz)) as ended_at,
    bool_and(coalesce(try_cast(is_deleted as boolean), false)) as is_deleted
from {{ source('raw_zuora', 'charges') }}
group by _instance, subscription_id
