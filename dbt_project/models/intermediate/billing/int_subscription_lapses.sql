-- Spans in which a subscription earns nothing although it is billed: unpaid beyond the grace, or paused.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

dues as (
    select
        source,
        instance,
        subscription_key,
        due_at + interval ({{ var('past_due_grace_days') }}) day as lapsed_from,
        case when status = 'paid' then paid_at end as lapsed_to
    from {{ ref('int_invoices') }}
    where subscription_key is not null and status in ('open', 'uncollectible', 'not_paid', 'paid') and total > 0
),

unpaid as (
    select dues.*, 'past_due' as reason
    from dues
    cross join night
    where lapsed_from < least(coalesce(lapsed_to, built_as_of), built_as_of)
        and not (lapsed_to is null and lapsed_from >= built_as_of)
),

paused as (
    select source, instance, record_key as subscription_key, pause_from as lapsed_from, pause_to as lapsed_to, 'paused' as reason
    from {{ ref('int_subscriptions') }}
    where pause_from is not null
)

select * from unpaid
union all
select * from paused
