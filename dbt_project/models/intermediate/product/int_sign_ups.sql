-- Every account that signed up, ourselves and tests left out, with what it did early, whether it came back and whether it pays.
with night as (
    select night from {{ source('ops', 'night') }}
),

activation as (
    select *, {{ reporting_date('signed_up_at') }} as signed_up_on from {{ ref('int_account_activation') }}
    anti join {{ ref('int_internal_accounts') }} as internal using (account_id)
),

used as (
    select
        activation.account_id,
        max(usage.usage_date) as last_used_on,
        max(date_diff('day', activation.signed_up_on, usage.usage_date)) as last_day,
        bool_or(usage.usage_date = activation.signed_up_on + 1) as is_back_on_1,
        bool_or(usage.usage_date = activation.signed_up_on + 7) as is_back_on_7,
        bool_or(usage.usage_date = activation.signed_up_on + 30) as is_back_on_30,
        bool_or(
            usage.usage_date between activation.signed_up_on + {{ var('retained_from_day') }}
            and activation.signed_up_on + {{ var('retained_to_day') }}
        ) as is_retained
    from activation
    inner join {{ ref('int_usage_daily') }} as usage on activation.account_id = usage.account_id
    group by activation.account_id
)

select
    activation.account_id,
    activation.person_id,
    activation.signed_up_at,
    activation.signed_up_on,
    cast(date_trunc('month', activation.signed_up_on) as date) as month,
    accounts.name as account_name,
    accounts.owner_id,
    coalesce(accounts.segment, 'unknown') as segment,
    activation.early_actions,
    activation.activated_at,
    activation.is_activated,
    activation.is_window_closed,
    activation.is_silent,
    activation.last_event_at,
    used.last_used_on,
    coalesce(used.last_day, 0) as last_day,
    date_diff('day', activation.signed_up_on, night.night) as days_since,
    coalesce(used.is_back_on_1, false) as is_back_on_1,
    coalesce(used.is_back_on_7, false) as is_back_on_7,
    coalesce(used.is_back_on_30, false) as is_back_on_30,
    coalesce(used.is_retained, false) as is_retained,
    activation.signed_up_on + {{ var('retained_to_day') }} < night.night as is_retention_known,
    revenue.customer_since,
    coalesce(revenue.mrr, 0) as mrr
from activation
cross join night
left join used on activation.account_id = used.account_id
left join {{ ref('int_accounts') }} as accounts on activation.account_id = accounts.account_id
left join {{ ref('int_account_revenue') }} as revenue on activation.account_id = revenue.account_id
