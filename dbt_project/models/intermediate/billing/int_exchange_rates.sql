-- One unit of each currency in the reporting currency, for every day: the central bank's fixings, the company's over them.
-- A fixing stands until the next; where none follows, the bank's for ten days (it has stopped), the company's for a month.
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
    select *, 31 as days_valid from company
    union all
    select central_bank.*, 10 as days_valid from central_bank
    anti join company on central_bank.rate_date = company.rate_date and central_bank.currency = company.currency
),

spans as (
    select
        currency,
        rate_date as valid_from,
        lead(rate_date) over (partition by currency order by rate_date) as next_fixing,
        days_valid,
        rate_per_eur
    from fixings
    where rate_date >= date '2009-01-01' and currency <> 'EUR'
),

days as (
    select cast(unnest(generate_series(date '2009-01-01', night + interval 1 day, interval 1 day)) as date) as rate_date
    from night
),

-- a fixing says its own days: compared with every day of all years, fixings took longer than all that reads them
daily as (
    select
        cast(unnest(generate_series(
            valid_from, least(next_fixing - 1, valid_from + days_valid - 1, (select night + 1 from night)), interval 1 day
        )) as date) as rate_date,
        currency,
        rate_per_eur
    from spans
    union all
    select rate_date, 'EUR' as currency, cast(1 as decimal(18, 8)) as rate_per_eur from days
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
