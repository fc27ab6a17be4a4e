-- Health of every paying account, 0 to 100, with its parts; empty while the account is younger than three months.
-- Each part is 0 to 100; one that no tool tells of is left out and the others carry its weight.
with facts as (
    select * from {{ ref('int_health_facts') }}
),

parts as (
    select
        *,
        case
            when not is_use_tracked then null
            when days_since_use is null or days_since_use > 60 then 0
            -- half for how lately, half for how many of the seats
            else (
                case when days_since_use <= 7 then 100 when days_since_use <= 14 then 80 when days_since_use <= 30 then 50 else 20 end
                + 100 * least(coalesce(seat_rate, 1), 1)
            ) / 2.0
        end as use_score,
        case
            when is_support_tracked
                then greatest(100 - 25 * bad_ratings_90_days - 15 * late_replies_90_days - 10 * open_tickets, 0)
        end as support_score,
        greatest(100 - 50 * overdue_invoices - 20 * late_payments_180_days, 0) as payment_score,
        case
            when days_since_spoken is null or days_since_spoken > 180 then 0
            when days_since_spoken <= 30 then 100
            when days_since_spoken <= 60 then 80
            when days_since_spoken <= 90 then 60
            else 30
        end as meetings_score
    from facts
),

weighed as (
    select
        *,
        coalesce(use_score * {{ var('health_weight_use') }}, 0) + coalesce(support_score * {{ var('health_weight_support') }}, 0)
        + payment_score * {{ var('health_weight_payment') }} + meetings_score * {{ var('health_weight_meetings') }} as points,
        case when use_score is null then 0 else {{ var('health_weight_use') }} end
        + case when support_score is null then 0 else {{ var('health_weight_support') }} end
        + {{ var('health_weight_payment') }} + {{ var('health_weight_meetings') }} as weight
    from parts
)

select
    weighed.as_of,
    weighed.account_id,
    accounts.name as account_name,
    accounts.owner_id,
    coalesce(accounts.segment, 'unknown') as segment,
    case when weighed.is_old_enough then round(cast(weighed.points as double) / weighed.weight, 1) end as health_score,
    cast(weighed.use_score as double) as use_score,
    cast(weighed.support_score as double) as support_score,
    cast(weighed.payment_score as double) as payment_score,
    cast(weighed.meetings_score as double) as meetings_score,
    weighed.customer_since,
    weighed.days_since_use,
    weighed.seat_rate,
    weighed.open_tickets,
    weighed.late_replies_90_days,
    weighed.bad_ratings_90_days,
    weighed.overdue_invoices,
    weighed.late_payments_180_days,
    weighed.days_since_spoken,
    coalesce(weighed.days_since_spoken, date_diff('day', weighed.customer_since, weighed.as_of)) >= {{ var('untouched_days') }} as is_untouched,
    cast(weighed.mrr as decimal(18, 6)) as mrr
from weighed
left join {{ ref('int_accounts') }} as accounts on weighed.account_id = accounts.account_id
