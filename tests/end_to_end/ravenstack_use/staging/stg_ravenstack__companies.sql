select
    'ravenstack' as source, _instance as instance, 'accounts' as table_name, account_id as record_key, account_name as name, country,
    industry, try_cast(signup_date as timestamptz) as created_at, false as is_deleted
from {{ source('raw_ravenstack', 'accounts') }}
