select
    'ravenstack' as source,
    _instance as instance,
    'subscriptions' as table_name,
    subscription_id as record_key,
    'accounts' as customer_table,
    account_id as customer_key,
    case when end_date is not null then 'cancelled' when is_trial = 'true' then 'in_trial' else 'active' end as status,
    'USD' as currency,
    try_cast(start_date as timestamptz) as created_at,
    try_cast(start_date as timestamptz) as started_at,
    try_cast(end_date as timestamptz) as ended_at,
    false as is_deleted
from {{ source('raw_ravenstack', 'subscriptions') }}
