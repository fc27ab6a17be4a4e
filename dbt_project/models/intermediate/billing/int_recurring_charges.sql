-- What a whole interval costs of each recurring charge, and for how long it was billed: a part of a period is scaled up.
with lines as (
    select * from {{ ref('int_recurring_lines') }} where not is_credit
),

-- a tool that does not say the interval bills a whole one: months where the dates are, else weeks, else days
unsaid as (
    select
        * exclude (interval_unit, interval_count),
        case when is_months then 'month' when days % 7 = 0 and days > 0 then 'week' else 'day' end as interval_unit,
        case when is_months then months when days % 7 = 0 and days > 0 then days // 7 else greatest(days, 1) end as interval_count
    from (
        select
            *,
            date_diff('month', period_start, period_end) as months,
            date_diff('day', period_start, period_end) as days,
            date_diff('month', period_start, period_end) > 0
                and abs(date_diff('day', period_start + to_months(cast(date_diff('month', period_start, period_end) as integer)), period_end)) <= 1 as is_months
        from lines
        where interval_unit is null
    )
),

with_interval as (
    select * replace (coalesce(nullif(interval_count, 0), 1) as interval_count) from lines where interval_unit is not null
    union all by name
    select * exclude (months, days, is_months) from unsaid
),

measured as (
    select
        *,
        is_proration or period_end + interval 1 day < {{ shift_interval('period_start', 'interval_unit', 'interval_count') }} as is_partial
    from with_interval
),

-- the period that a part belongs to began where a whole charge of the same subscription did
whole_periods as (
    select source, instance, subscription_key, interval_unit, interval_count, period_end, min(period_start) as whole_start
    from measured
    where not is_partial
    group by all
),

parts as (
    select
        measured.*,
        epoch(measured.period_end) - epoch(coalesce(
            whole_periods.whole_start, {{ shift_interval('measured.period_end', 'measured.interval_unit', 'measured.interval_count', '-') }}
        )) as whole_seconds,
        epoch(measured.period_end) - epoch(measured.period_start) as billed_seconds
    from measured
    left join whole_periods using (source, instance, subscription_key, interval_unit, interval_count, period_end)
    where measured.is_partial
),

-- the list price wherever it agrees with what was billed, by a day or a cent a unit; else what was billed, scaled up
scaled as (
    select
        *,
        case
            when amount = 0 and discount_amount = 0 then cast(0 as decimal(18, 4))
            when abs(cast(amount * cast(whole_seconds as bigint) as decimal(38, 4)) - cast(list_amount * cast(billed_seconds as bigint) as decimal(38, 4)))
                <= cast(list_amount * 86400 as decimal(38, 4)) + cast(cast(0.01 as decimal(18, 2)) * cast(greatest(quantity, 1) as bigint) * cast(whole_seconds as bigint) as decimal(38, 4))
                then list_amount
            else {{ divide_money('cast(amount as decimal(18, 4)) * cast(whole_seconds as bigint)', 'billed_seconds', 4) }}
        end as full_amount
    from parts
),

whole as (
    select *, amount as full_amount from measured where not is_partial
),

charges as (
    select * exclude (whole_seconds, billed_seconds) from scaled
    union all by name
    select * from whole
)

select
    *,
    {{ annualise('full_amount', 'interval_unit', 'interval_count') }} as annual_amount,
    case
        when discount_amount = 0 then cast(0 as decimal(18, 4))
        when full_amount = amount then {{ annualise('discount_amount', 'interval_unit', 'interval_count') }}
        else coalesce({{ annualise(divide_money('cast(full_amount as decimal(19, 4)) * cast(discount_amount as decimal(19, 4))', 'amount', 4), 'interval_unit', 'interval_count') }}, 0)
    end as discount_annual_amount
from charges
