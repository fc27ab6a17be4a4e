-- Net annual amount and MRR of each item at each month's end (a running month: at the night), under each policy.
with night as (
    select night, built_as_of, date_trunc('month', night)::date as running_month from {{ source('ops', 'night') }}
),

policies as (
    select policy, status from {{ ref('revenue_policies') }}
),

spans as (
    select
        *,
        annual_amount - discount_annual_amount as net_annual_amount,
        lead(effective_at) over (partition by item_id, currency order by effective_at) as next_at
    from {{ ref('fct_revenue_events') }}
),

months as (
    select
        cast(month as date) as month,
        least(timezone('{{ var("reporting_time_zone") }}', cast(month + interval 1 month as timestamp)), night.built_as_of) as month_end,
        cast(month as date) = night.running_month and night.night < last_day(night.night) as is_running
    from night
    cross join (select min(effective_at) as first_at from spans) as first_event
    cross join
        unnest(generate_series(date_trunc('month', first_at)::date, night.running_month, interval 1 month)) as listed (month)
),

levels as (
    select
        policies.policy,
        months.month,
        spans.account_id,
        spans.subscription_id,
        spans.item_id,
        spans.currency,
        spans.basis,
        spans.status,
        cast(spans.net_annual_amount as decimal(18, 4)) as annual_amount,
        {{ divide_money('spans.net_annual_amount', '12', 6) }} as mrr
    from spans
    inner join months
        on spans.effective_at < months.month_end
        and coalesce(spans.next_at, timestamptz '9999-12-31') >= months.month_end
    inner join policies on spans.status = policies.status
    where spans.net_annual_amount > 0
)

select * from levels
