-- Every account that signed up: when, whether and when it was activated, whether it fell silent or stayed.
select
    account_id,
    account_name,
    person_id,
    owner_id,
    segment,
    signed_up_at,
    early_actions,
    activated_at,
    is_activated,
    is_window_closed,
    is_silent,
    last_event_at,
    is_retained,
    is_retention_known,
    customer_since,
    cast(mrr as decimal(18, 6)) as mrr
from {{ ref('int_sign_ups') }}
