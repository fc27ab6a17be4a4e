-- What each account active twelve months ago paid then and pays now, by view: in the rates of then, and as reported.
with night as (
    select night from {{ source('ops', 'night') }}
),

gaps as (
    select * from {{ ref('int_late_renewal_gaps') }}
),

rates as (
    select currency, month, closing_rate from {{ ref('int_month_rates') }}
),

rates_then as (
    select currency, cast(month + interval 12 month as date) as month, closing_rate from rates
),

levels as (
    select 'scheduled' as view, policy, account_id, currency, month, closing_mrr from {{ ref('int_mrr_months') }}
    union all
    select 'actual', policy, account_id, currency, month, closing_mrr from {{ ref('int_mrr_months') }}
    union all
    -- through the gap before a late renewal an account keeps what it paid when the gap began
    select 'actual', opened.policy, opened.account_id, opened.currency,
        cast(unnest(generate_series(gaps.churn_month, gaps.returned_month - interval 1 month, interval 1 month)) as date) as month,
        opened.opening_mrr
    from gaps
    inner join {{ ref('int_mrr_months') }} as opened
        on gaps.policy = opened.policy and gaps.account_id = opened.account_id and gaps.churn_month = opened.month
),

rated as (
    select
        levels.*,
        cast(levels.month + interval 12 month as date) as month_after,
        {{ convert_money('levels.closing_mrr', 'rates.closing_rate') }} as mrr_reported,
        {{ convert_money('levels.closing_mrr', 'rates_then.closing_rate') }} as mrr_at_then
    from levels
    left join rates on levels.currency = rates.currency and levels.month = rates.month
    left join rates_then on levels.currency = rates_then.currency and levels.month = rates_then.month
    where levels.closing_mrr > 0
),

before as (
    select view, policy, account_id, month_after as month, sum(mrr_reported) as mrr_then
    from rated
    cross join night
    where month_after <= night.night
    group by view, policy, account_id, month_after
),

now as (
    select view, policy, account_id, month, sum(mrr_at_then) as mrr_now, sum(mrr_reported) as mrr_now_reported
    from rated
    group by view, policy, account_id, month
)

select
    before.view,
    before.policy,
    before.account_id,
    before.month,
    cast(before.mrr_then as decimal(18, 6)) as mrr_then,
    cast(coalesce(now.mrr_now, 0) as decimal(18, 6)) as mrr_now,
    cast(coalesce(now.mrr_now_reported, 0) as decimal(18, 6)) as mrr_now_reported
from before
left join now
    on before.view = now.view and before.policy = now.policy and before.account_id = now.account_id and before.month = now.month
