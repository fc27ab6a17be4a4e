-- What a whole interval costs of each recurring charge: a part of a period is scaled up.
{{ config(materialized='view') }}

with lines as (
    select *, {{ utc_clock('period_start') }} as starts_at, {{ utc_clock('period_end') }} as ends_at
    from {{ ref('int_recurring_lines') }}
    where not is_credit
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
            date_diff('month', starts_at, ends_at) as months,
            date_diff('day', starts_at, ends_at) as days,
            date_diff('month', starts_at, ends_at) > 0
                and abs(date_diff('day', starts_at + to_months(cast(date_diff('month', starts_at, ends_at) as integer)), ends_at)) <= 1 as is_months
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
        is_proration or ends_at + interval 1 day < {{ shift_interval('starts_at', 'interval_unit', 'interval_count') }} as is_partial
    from with_interval
),

partial as (
    select
        *,
        coalesce(list_amount, cast(quantity * cast(unit_amount as decimal(19, 4)) as decimal(18, 4))) as whole_list_amount
    from measured
    where is_partial
),

-- the period that a part belongs to began where a whole charge of the same subscription did
whole_periods as (
    select source, instance, subscription_key, interval_unit, interval_count, ends_at, min(starts_at) as whole_start
    from measured
    semi join partial using (source, instance, subscription_key, interval_unit, interval_count, ends_at)
    where not is_partial
    group by source, instance, subscription_key, interval_unit, interval_count, ends_at
),

parts as (
    select
        partial.* replace (whole_list_amount as list_amount),
        epoch(partial.ends_at) - epoch(coalesce(
            whole_periods.whole_start, {{ shift_interval('partial.ends_at', 'partial.interval_unit', 'partial.interval_count', '-') }}
        )) as whole_seconds,
        epoch(partial.ends_at) - epoch(partial.starts_at) as billed_seconds
    from partial
    left join whole_periods using (source, instance, subscription_key, interval_unit, interval_count, ends_at)
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
    select * exclude (whole_list_amount, whole_seconds, billed_seconds) from scaled
    union all by name
    select * from whole
)

select
    source,
    instance,
    table_name,
    record_key,
    subscription_key,
    item_key,
    price_key,
    currency,
    period_start,
    period_end,
    issued_at,
    is_proration,
    is_metered,
    {{ annualise('full_amount', 'interval_unit', 'interval_count') }} as annual_amount,
    case
        when discount_amount = 0 then cast(0 as decimal(18, 4))
        when full_amount = amount then {{ annualise('discount_amount', 'interval_unit', 'interval_count') }}
        else coalesce({{ annualise(divide_money('cast(full_amount as decimal(19, 4)) * cast(discount_amount as decimal(19, 4))', 'amount', 4), 'interval_unit', 'interval_count') }}, 0)
    end as discount_annual_amount
from charges
