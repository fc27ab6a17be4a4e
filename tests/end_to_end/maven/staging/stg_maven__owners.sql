select
    'maven' as source, _instance as instance, 'teams' as table_name, sales_agent as record_key, sales_agent as full_name,
    regional_office as team, manager as manager_key, true as is_active
from {{ source('raw_maven', 'teams') }}
