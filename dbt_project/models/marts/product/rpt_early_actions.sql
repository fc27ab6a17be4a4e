-- Which early actions predict that an account stays: of those that did the thing within the window after sign-up, how many
-- still use the product a month or two later, beside those that did not. Ranked by correlation, which a thing that hardly
-- anybody did, or everybody, cannot win by chance alone.
with accounts as (
    select account_id, signed_up_at, is_retained from {{ ref('int_sign_ups') }} where is_retention_known
),

actions as (
    select distinct usage.event_name as event, accounts.account_id
    from {{ ref('int_usage_daily') }} as usage
    inner join accounts on usage.account_id = accounts.account_id
    where not usage.is_sign_up and not usage.is_passive and usage.first_at >= accounts.signed_up_at
        and usage.first_at < accounts.signed_up_at + to_days({{ var('activation_days') }})
),

every_pair as (
    select
        events.event,
        case when accounts.is_retained then 1.0 else 0.0 end as retained,
        case when actions.account_id is not null then 1.0 else 0.0 end as did
    from (select distinct early.event from actions as early) as events
    cross join accounts
    left join actions on events.event = actions.event and accounts.account_id = actions.account_id
),

counted as (
    select
        event,
        count(*) as accounts,
        cast(sum(did) as bigint) as did,
        cast(sum(did * retained) as bigint) as did_and_stayed,
        cast(sum(retained) as bigint) as stayed,
        case when stddev_pop(did) > 0 and stddev_pop(retained) > 0 then round(corr(did, retained), 6) end as correlation
    from every_pair
    group by event
),

rates as (
    select
        *,
        did_and_stayed / nullif(cast(did as double), 0) as rate_with,
        (stayed - did_and_stayed) / nullif(cast(accounts - did as double), 0) as rate_without
    from counted
)

select
    event,
    accounts,
    did,
    did_and_stayed,
    accounts - did as did_not,
    stayed - did_and_stayed as did_not_and_stayed,
    rate_with,
    rate_without,
    rate_with / nullif(rate_without, 0) as lift,
    correlation,
    cast(row_number() over (order by correlation desc nulls last, event asc nulls last) as integer) as place
from rates
