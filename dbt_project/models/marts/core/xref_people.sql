with record_ids as (
    select * from {{ source('identity', 'record_ids') }} where entity_kind = 'person'
)

select
    source,
    instance,
    table_name,
    record_key,
    golden_id as person_id,
    rule,
    probability,
    {{ record_url('source', 'table_name', 'record_key') }} as record_url
from record_ids
