-- The steps of onboarding by month of sign-up; who reached a step reached all before it.
with sign_ups as (
    select
        *,
        early_actions > 0 as did_something,
        coalesce(customer_since <= signed_up_on + 60, false) as pays
    from {{ ref('int_sign_ups') }}
),

reached as (
    select month, account_id, 1 as place, 'signed_up' as step, is_window_closed, true as is_reached from sign_ups
    union all
    select month, account_id, 2, 'first_action', is_window_closed, did_something from sign_ups
    union all
    select month, account_id, 3, 'came_back', is_window_closed, did_something and last_day > 0 from sign_ups
    union all
    select month, account_id, 4, 'activated', is_window_closed, did_something and last_day > 0 and is_activated from sign_ups
    union all
    select month, account_id, 5, 'paying', is_window_closed, did_something and last_day > 0 and is_activated and pays from sign_ups
),

counted as (
    select
        month,
        place,
        step,
        count(*) filter (where is_reached) as accounts,
        bool_and(is_window_closed) as is_mature
    from reached
    group by month, place, step
)

select
    month,
    cast(place as integer) as place,
    step,
    accounts,
    is_mature,
    accounts / nullif(cast(first_value(accounts) over (partition by month order by place nulls last) as double), 0) as rate_of_sign_ups,
    accounts / nullif(cast(lag(accounts) over (partition by month order by place nulls last) as double), 0) as rate_of_step_before
from counted
