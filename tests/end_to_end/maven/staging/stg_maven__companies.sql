select
    'maven' as source, _instance as instance, 'accounts' as table_name, account as record_key, account as name,
    office_location as country, sector as industry, try_cast(employees as bigint) as employee_count, false as is_deleted
from {{ source('raw_maven', 'accounts') }}
