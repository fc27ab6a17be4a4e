-- Net annual amount and MRR of each item by its status, from the first to the last month at whose end it stands (a running
-- month: at the night).
with night as (
    select night, built_as_of, date_trunc('month', night)::date as running_month from {{ source('ops', 'night') }}
),

spans as (
    select
        events.account_id,
        events.subscription_id,
        events.item_id,
        events.currency,
        events.basis,
        events.status,
        events.effective_at,
        cast(events.annual_amount - events.discount_annual_amount as decimal(18, 4)) as annual_amount,
        lead(events.effective_at) over (partition by events.item_id, events.currency order by events.effective_at) as next_at
    from {{ ref('fct_revenue_events') }} as events
),

-- a level counts in a month if it stands at its end: from the month in which it begins to the one before it is followed
lasting as (
    select
        spans.account_id,
        spans.subscription_id,
        spans.item_id,
        spans.currency,
        spans.basis,
        spans.status,
        date_trunc('month', {{ reporting_date('spans.effective_at') }})::date as first_month,
        case
            when spans.next_at is null or spans.next_at >= night.built_as_of then night.running_month
            else (date_trunc('month', {{ reporting_date('spans.next_at') }}) - interval 1 month)::date
        end as last_month,
        spans.annual_amount,
        {{ divide_money('spans.annual_amount', '12', 6) }} as mrr
    from spans
    cross join night
    where spans.annual_amount > 0 and spans.effective_at < night.built_as_of
)

select * from lasting where first_month <= last_month
