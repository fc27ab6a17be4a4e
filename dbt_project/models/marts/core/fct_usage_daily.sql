-- What each user of an account did in the product on each day; our own accounts and tests are left out.
select
    usage.account_id,
    usage.person_id,
    usage.user_id,
    usage.usage_date,
    usage.event_name as event,
    usage.is_sign_up,
    usage.is_passive,
    cast(sum(usage.events) as bigint) as events,
    min(usage.first_at) as first_at,
    max(usage.last_at) as last_at
from {{ ref('int_usage_daily') }} as usage
anti join {{ ref('int_internal_accounts') }} as internal on usage.account_id = internal.account_id
group by all
