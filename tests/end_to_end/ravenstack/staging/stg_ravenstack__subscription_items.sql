select
    'ravenstack' as source,
    _instance as instance,
    'subscriptions' as table_name,
    subscription_id as record_key,
    subscription_id as subscription_key,
    'plan' as item_key,
    'USD' as currency,
    try_cast(seats as decimal(18, 4)) as quantity,
    -- the file states what a month is worth, whatever the interval of billing
    try_cast(mrr_amount as decimal(18, 4)) as amount,
    'month' as interval_unit,
    1 as interval_count,
    true as is_recurring
from {{ source('raw_ravenstack', 'subscriptions') }}
