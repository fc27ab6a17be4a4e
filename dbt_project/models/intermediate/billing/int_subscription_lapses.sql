-- Spans in which a subscription is billed but may earn nothing, by reason: which of them count is a policy's to say.
-- Where several reasons hold at once, the gravest stands: unpaid, then paused, then late, then what has not begun.
with reasons as (
    select * from {{ ref('int_lapse_reasons') }}
    where lapsed_to is null or lapsed_to > lapsed_from
),

instants as (
    select source, instance, subscription_key, lapsed_from as lapsed_at from reasons
    union
    select source, instance, subscription_key, lapsed_to from reasons where lapsed_to is not null
),

pieces as (
    select
        *,
        lead(lapsed_at) over (partition by source, instance, subscription_key order by lapsed_at) as next_at
    from instants
),

gravest as (
    select
        pieces.source, pieces.instance, pieces.subscription_key,
        pieces.lapsed_at as lapsed_from,
        pieces.next_at as lapsed_to,
        min_by(reasons.reason, list_position(['unpaid', 'paused', 'collection_paused', 'past_due', 'trial', 'not_started'], reasons.reason)) as reason
    from pieces
    inner join reasons using (source, instance, subscription_key)
    where pieces.lapsed_at >= reasons.lapsed_from and pieces.lapsed_at < coalesce(reasons.lapsed_to, timestamptz '9999-12-31')
    group by all
)

select * from gravest
