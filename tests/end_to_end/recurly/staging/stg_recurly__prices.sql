select
    'recurly' as source,
    _instance as instance,
    'plans' as table_name,
    plan_id as record_key,
    plan_id as product_key,
    name as product_name,
    rtrim(interval_unit, 's') as interval_unit,
    try_cast(interval_length as integer) as interval_count,
    true as is_recurring
from {{ source('raw_recurly', 'plans') }}
