-- Open pipeline due in the period divided by what the target still lacks, as of the night.
with night as (
    select night from {{ source('ops', 'night') }}
),

targets as (
    select 'month' as period_kind, period_start, sum(target) as target
    from {{ ref('int_company__targets') }} where metric = 'won_amount' and segment = 'all' group by period_start
    union all
    select 'quarter', cast(date_trunc('quarter', period_start) as date), sum(target)
    from {{ ref('int_company__targets') }} where metric = 'won_amount' and segment = 'all' group by all
),

ahead as (
    select
        targets.period_kind,
        targets.period_start,
        last_day(cast(targets.period_start + case when targets.period_kind = 'month' then interval 0 month else interval 2 month end as date)) as period_end,
        targets.target
    from targets
),

current_and_next as (
    select ahead.*, night.night from ahead cross join night where ahead.period_end >= night.night
),

-- what is past its expected closing and still open counts in the period that runs
counted as (
    select
        periods.period_kind,
        periods.period_start,
        any_value(periods.target) as target,
        coalesce(sum(deals.amount_reporting) filter (
            where not deals.is_closed and greatest(deals.expected_close, periods.night) between periods.period_start and periods.period_end
        ), 0) as open_amount,
        coalesce(sum(deals.amount_reporting) filter (
            where deals.is_won and {{ reporting_date('deals.closed_at') }} between periods.period_start and periods.period_end
        ), 0) as won_amount
    from current_and_next as periods
    left join {{ ref('fct_deals') }} as deals on deals.deal_type = 'new'
    group by periods.period_kind, periods.period_start
)

select
    period_kind,
    period_start,
    cast(target as decimal(18, 6)) as target,
    cast(won_amount as decimal(18, 6)) as won_amount,
    cast(open_amount as decimal(18, 6)) as open_amount,
    case when target > won_amount then cast(open_amount as double) / cast(target - won_amount as double) end as coverage
from counted
