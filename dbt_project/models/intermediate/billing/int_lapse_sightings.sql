-- States that the exports showed, night by night, where nothing else dates them: a change is dated by its night.
with versions as (
    select
        source, instance, subscription_key, seen_on,
        case when change = 'gone' then 'gone' else status end as status,
        min(seen_on) over (partition by source, instance, subscription_key) as first_seen_on
    from {{ ref('int_subscription_versions') }}
),

changes as (
    select * from versions
    qualify status is distinct from lag(status) over (partition by source, instance, subscription_key order by seen_on)
),

spans as (
    select
        *,
        seen_on = first_seen_on as is_first,
        {{ night_instant('seen_on') }} as seen_at,
        lead({{ night_instant('seen_on') }}) over (partition by source, instance, subscription_key order by seen_on) as next_seen_at
    from changes
),

billed as (
    select source, instance, subscription_key, max(period_end) as billed_to from {{ ref('int_recurring_lines') }} group by all
),

dated as (
    select
        spans.*,
        billed.billed_to,
        subscriptions.pause_from,
        subscriptions.current_term_start,
        coalesce(subscriptions.trial_end, subscriptions.started_at, subscriptions.created_at) as begins_at
    from spans
    inner join {{ ref('int_subscriptions') }} as subscriptions
        on spans.source = subscriptions.source and spans.instance = subscriptions.instance
        and spans.subscription_key = subscriptions.record_key
    left join billed
        on spans.source = billed.source and spans.instance = billed.instance and spans.subscription_key = billed.subscription_key
),

reasons as (
    select
        *,
        case
            when status = 'collection_paused' then 'collection_paused'
            when status = 'paused' and pause_from is null then 'paused'
            when billed_to is not null then null
            when status in ('unpaid', 'past_due') then status
            when status = 'in_trial' then 'trial'
            when status in ('incomplete', 'future') then 'not_started'
        end as reason
    from dated
)

select
    source,
    instance,
    subscription_key,
    reason,
    case
        -- dues are kept for their days of grace, from the start of the term that was not paid
        when reason = 'past_due' then coalesce(current_term_start, seen_at) + interval ({{ var('past_due_grace_days') }}) day
        when not is_first then seen_at
        -- at the first sight nothing tells since when: what was paid for is kept, all else was never seen to earn
        when reason = 'collection_paused' then least(billed_to, seen_at)
        when reason = 'unpaid' and current_term_start > begins_at then current_term_start
        else least(begins_at, seen_at)
    end as lapsed_from,
    case when reason in ('trial', 'not_started') and begins_at > seen_at then least(begins_at, next_seen_at) else next_seen_at end as lapsed_to
from reasons
where reason is not null
