-- A key that was merged away, or that no export holds any more, answers to the account that it became.
with keys as (
    select source, instance, table_name, record_key, golden_id, rule, probability
    from {{ source('identity', 'record_ids') }}
    where entity_kind = 'account'
    union all
    select source, instance, table_name, record_key, golden_id, rule, 1.0 as probability
    from {{ source('identity', 'redirects') }}
    where entity_kind = 'account'
)

select
    source,
    instance,
    table_name,
    record_key,
    golden_id as account_id,
    rule,
    probability,
    {{ record_url('source', 'table_name', 'record_key') }} as record_url
from keys
