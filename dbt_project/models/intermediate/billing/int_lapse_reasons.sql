-- Why a subscription that is billed may earn nothing, and from when to when: dues, pauses, and what the exports showed.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions') }}
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
        and not coalesce(is_deleted, false)
),

-- a tool that gave up collecting says `unpaid`; until then the dues are only late
unpaid as (
    select
        dues.*,
        case when subscriptions.status = 'unpaid' and dues.lapsed_to is null then 'unpaid' else 'past_due' end as reason
    from dues
    cross join night
    left join subscriptions
        on dues.source = subscriptions.source and dues.instance = subscriptions.instance
        and dues.subscription_key = subscriptions.record_key
    where lapsed_from < least(coalesce(lapsed_to, built_as_of), built_as_of)
),

paused as (
    select source, instance, record_key as subscription_key, pause_from as lapsed_from, pause_to as lapsed_to, 'paused' as reason
    from subscriptions
    where pause_from is not null
),

seen as (
    select source, instance, subscription_key, lapsed_from, lapsed_to, reason from {{ ref('int_lapse_sightings') }}
)

select * from unpaid
union all by name
select * from paused
union all by name
select * from seen
