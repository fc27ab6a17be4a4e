select
    'ravenstack' as source, usage._instance as instance, 'usage' as table_name, usage.usage_id as record_key, 'accounts' as account_table,
    subscriptions.account_id as account_key, usage.feature_name as event, try_cast(usage.usage_date as timestamptz) as occurred_at
from {{ source('raw_ravenstack', 'usage') }} as usage
left join {{ source('raw_ravenstack', 'subscriptions') }} as subscriptions using (subscription_id)
