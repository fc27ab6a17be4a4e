select
    'ravenstack' as source, _instance as instance, 'tickets' as table_name, ticket_id as record_key, 'accounts' as organisation_table,
    account_id as organisation_key, try_cast(submitted_at as timestamptz) as created_at,
    try_cast(submitted_at as timestamptz) + to_minutes(try_cast(first_response_minutes as integer)) as first_reply_at,
    try_cast(closed_at as timestamptz) as solved_at, 'closed' as status, priority, satisfaction as csat
from {{ source('raw_ravenstack', 'tickets') }}
