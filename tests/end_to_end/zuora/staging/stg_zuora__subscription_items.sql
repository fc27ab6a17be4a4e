select
    'zuora' as source,
    _instance as instance,
    'charges' as table_name,
    charge_id as record_key,
    subscription_id as subscription_key,
    charge_id as item_key,
    currency,
    1 as quantity,
    try_cast(mrr as decimal(18, 4)) as amount,
    'month' as interval_unit,
    1 as interval_count,
    charge_type = 'Recurring' as is_recurring
from {{ source('raw_zuora', 'charges') }}
