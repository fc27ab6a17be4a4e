with night as (
    select night from {{ source('ops', 'night') }}
),

central_bank as (
    select rate_date, currency, rate_per_eur from {{ source('raw_reference', 'ecb_rates') }}
),

company as (
    select rate_date, currency, cast(rate_per_eur as decimal(18, 8)) as rate_per_eur
    from {{ ref('stg_company__exchange_rates') }}
),

fixings as (
    select * from company
    union all
    select central_bank.* from central_bank
    left join company using (rate_date, currency)
    where company.rate_per_eur is null
    union all
    select distinct rate_date, 'EUR', cast(1 as decimal(18, 8)) from central_bank
),

spans as (
    select
        currency,
        rate_date as valid_from,
        lead(rate_date) over (partition by currency order by rate_date) as next_fixing,
        rate_per_eur
    from fixings
    where rate_date >= date '2009-01-01'
),

days as (
    select cast(unnest(generate_series(date '2009-01-01', night + interval 1 day, interval 1 day)) as date) as rate_date
    from night
),

daily as (
    select days.rate_date, spans.currency, spans.rate_per_eur
    from days
    inner join spans
        on days.rate_date >= spans.valid_from
        and days.rate_date < coalesce(spans.next_fixing, spans.valid_from + interval 10 day)
),

reporting as (
    select rate_date, rate_per_eur from daily where currency = '{{ var("reporting_currency") }}'
),

to_reporting as (
    select
        daily.rate_date,
        daily.currency,
        {{ divide_money('reporting.rate_per_eur', 'daily.rate_per_eur', 8) }} as rate
    from daily
    inner join reporting using (rate_date)
)

select * from to_reporting
