-- Six models. The credits of one target sum to exactly 1: the last touch takes what rounding leaves.
with paths as (
    select *, target_type <> 'first_mrr' as has_deal from {{ ref('int_attribution_paths') }}
),

-- how many of the anchors (first, lead, deal) the touch is, and how many there are; several may fall on one touch
anchors as (
    select
        *,
        cast(place = 1 as integer) + cast(place = touches as integer) as position_anchors,
        cast(place = 1 as integer) + cast(touches_before_lead > 0 and place = touches_before_lead as integer)
        + cast(has_deal and place = touches as integer) as w_anchors,
        1 + cast(touches_before_lead > 0 as integer) + cast(has_deal as integer) as w_anchors_all
    from paths
),

-- touches that are no anchor; where there are none, the anchors share what those would have had
between_them as (
    select
        *,
        count(case when position_anchors = 0 then 1 end) over target as position_rest,
        count(case when w_anchors = 0 then 1 end) over target as w_rest,
        power(2.0, -days_before / {{ var('attribution_half_life_days') }}) as weight
    from anchors
    window target as (partition by target_type, target_id)
),

shares as (
    select *, 'first' as model, cast(place = 1 as double) as share from between_them
    union all
    select *, 'last' as model, cast(place = touches as double) as share from between_them
    union all
    select *, 'linear' as model, 1 / nullif(cast(touches as double), 0) as share from between_them
    union all
    select *, 'position' as model,
        case when position_anchors = 0 then 0.2 / position_rest
            else position_anchors * (case when position_rest > 0 then 0.8 else 1.0 end) / 2 end as share
    from between_them
    union all
    select *, 'w_shaped' as model,
        case when w_anchors = 0 then 0.1 / w_rest
            else w_anchors * (case when w_rest > 0 then 0.9 else 1.0 end) / w_anchors_all end as share
    from between_them
    union all
    select *, 'time_decay' as model, weight / sum(weight) over (partition by target_type, target_id) as share
    from between_them
),

rounded as (
    select *, place >= touches as is_last, coalesce(cast(round(share, 12) as decimal(13, 12)), 0) as plain_credit from shares
),

credited as (
    select
        *,
        cast(case when is_last then 1 - coalesce(sum(plain_credit) over earlier, 0) else plain_credit end as decimal(13, 12)) as credit
    from rounded
    window earlier as (
        partition by model, target_type, target_id order by place nulls last rows between unbounded preceding and 1 preceding
    )
),

amounts as (
    select *, {{ share_money('amount', 'credit') }} as plain_amount from credited
),

settled as (
    select
        *,
        cast(case when is_last then amount - coalesce(sum(plain_amount) over earlier, 0) else plain_amount end as decimal(18, 6)) as amount_credited
    from amounts
    window earlier as (
        partition by model, target_type, target_id order by place nulls last rows between unbounded preceding and 1 preceding
    )
)

select
    model,
    target_type,
    target_id,
    account_id,
    month,
    coalesce(touch_id, 'unattributed') as touch_id,
    touched_at,
    coalesce(channel, 'unattributed') as channel,
    campaign_id,
    cast(place as integer) as place,
    cast(touches as integer) as touches,
    credit,
    amount_credited
from settled
where credit <> 0
