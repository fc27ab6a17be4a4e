select
    'zuora' as source,
    _instance as instance,
    'accounts' as table_name,
    account_id as record_key,
    name,
    currency,
    try_cast(created_at as timestamptz) as created_at,
    coalesce(try_cast(is_deleted as boolean), false) as is_deleted
from {{ source('raw_zuora', 'accounts') }}
