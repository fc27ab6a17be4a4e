-- How many of the accounts active in a month used each feature, and how many did for the first time.
with used as (
    select *, cast(date_trunc('month', usage_date) as date) as month
    from {{ ref('fct_usage_daily') }} where not is_sign_up and not is_passive
),

active as (
    select month, count(distinct account_id) as active_accounts from used group by month
),

firsts as (
    select account_id, event, min(month) as first_month from used group by account_id, event
),

features as (
    select
        used.month,
        used.event,
        count(distinct used.account_id) as accounts,
        count(distinct used.user_id) as users,
        cast(sum(used.events) as bigint) as events
    from used
    group by used.month, used.event
),

new_users as (
    select first_month as month, event, count(*) as accounts from firsts group by first_month, event
)

select
    features.month,
    features.event,
    features.accounts,
    active.active_accounts,
    features.accounts / cast(active.active_accounts as double) as adoption_rate,
    coalesce(new_users.accounts, 0) as first_time_accounts,
    features.users,
    features.events
from features
inner join active on features.month = active.month
left join new_users on features.month = new_users.month and features.event = new_users.event
