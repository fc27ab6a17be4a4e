select
    'recurly' as source,
    _instance as instance,
    'accounts' as table_name,
    account_id as record_key,
    code as name,
    try_cast(created_at as timestamptz) as created_at,
    false as is_deleted
from {{ source('raw_recurly', 'accounts') }}
