-- Retention by month under each policy; `actual` nets a late renewal with the churn before it, `scheduled` shows both.
with movements as (
    select * from {{ ref('fct_mrr_movements') }}
),

returns as (
    select policy, account_id, month as returned_month, reactivation_mrr from movements where is_late_renewal
),

netted_churn as (
    select returns.policy, returns.account_id, returns.returned_month, max(movements.month) as churn_month
    from returns
    inner join movements
        on returns.policy = movements.policy and returns.account_id = movements.account_id
        and movements.churn_mrr > 0 and movements.month <= returns.returned_month
    group by all
),

views as (
    select 'scheduled' as view, * from movements
    union all
    select
        'actual' as view,
        movements.* replace (
            case when churned.churn_month is not null then 0 else movements.churn_mrr end as churn_mrr,
            case when movements.is_late_renewal then 0 else movements.reactivation_mrr end as reactivation_mrr
        )
    from movements
    left join netted_churn as churned
        on movements.policy = churned.policy and movements.account_id = churned.account_id and movements.month = churned.churn_month
),

ends as (
    select
        account_id,
        date_trunc('month', {{ reporting_date('effective_at') }})::date as month,
        bool_or(status in ('past_due', 'unpaid') or reason in ('not_paid', 'no_card', 'payment_failed', 'payment_disputed', 'past_due', 'unpaid')) as is_involuntary
    from {{ ref('fct_revenue_events') }}
    where status <> 'active'
    group by all
),

months as (
    select
        views.policy,
        views.month,
        views.view,
        count(*) filter (where opening_mrr > 0) as opening_accounts,
        count(*) filter (where closing_mrr > 0) as closing_accounts,
        count(*) filter (where churn_mrr > 0) as churned_accounts,
        count(*) filter (where new_mrr > 0) as new_accounts,
        sum(opening_mrr) as opening_mrr,
        sum(new_mrr) as new_mrr,
        sum(expansion_mrr) as expansion_mrr,
        sum(reactivation_mrr) as reactivation_mrr,
        sum(contraction_mrr) as contraction_mrr,
        sum(churn_mrr) as churn_mrr,
        sum(churn_mrr) filter (where coalesce(ends.is_involuntary, false)) as involuntary_churn_mrr,
        sum(closing_mrr) as closing_mrr,
        max(closing_mrr) as largest_mrr
    from views
    left join ends on views.account_id = ends.account_id and views.month = ends.month
    group by views.policy, views.month, views.view
),

-- what the accounts active twelve months ago pay now, at the exchange rates of then and as reported
year_ago as (
    select
        before.policy,
        (before.month + interval 12 month)::date as month,
        before.account_id,
        sum({{ convert_money('before.closing_mrr', 'then_rates.rate') }}) as mrr_then,
        sum({{ convert_money('coalesce(now.closing_mrr, 0)', 'then_rates.rate') }}) as mrr_now,
        sum({{ convert_money('coalesce(now.closing_mrr, 0)', 'now_rates.rate') }}) as mrr_now_reported
    from {{ ref('int_mrr_months') }} as before
    cross join {{ source('ops', 'night') }} as night
    left join {{ ref('int_mrr_months') }} as now
        on before.policy = now.policy and before.account_id = now.account_id and before.currency = now.currency
        and now.month = (before.month + interval 12 month)::date
    inner join {{ ref('int_exchange_rates') }} as then_rates
        on before.currency = then_rates.currency and then_rates.rate_date = last_day(before.month)
    left join {{ ref('int_exchange_rates') }} as now_rates
        on before.currency = now_rates.currency
        and now_rates.rate_date = least(last_day((before.month + interval 12 month)::date), night.night)
    where (before.month + interval 12 month)::date <= night.night
    group by before.policy, before.month, before.account_id
),

-- an account that took up another currency since counts whatever it pays, in any currency
yearly as (
    select
        policy,
        month,
        sum(mrr_then) as mrr_then,
        sum(mrr_now) as mrr_now,
        sum(mrr_now_reported) as mrr_now_reported,
        sum(least(mrr_then, mrr_now)) as mrr_kept,
        sum(least(mrr_then, mrr_now_reported)) as mrr_kept_reported
    from year_ago
    where mrr_then > 0
    group by policy, month
)

select
    months.policy,
    months.month,
    months.view,
    months.opening_accounts,
    months.closing_accounts,
    months.new_accounts,
    months.churned_accounts,
    cast(months.opening_mrr as decimal(18, 6)) as opening_mrr,
    cast(months.closing_mrr as decimal(18, 6)) as closing_mrr,
    cast(months.churn_mrr as decimal(18, 6)) as churn_mrr,
    cast(coalesce(months.involuntary_churn_mrr, 0) as decimal(18, 6)) as involuntary_churn_mrr,
    cast(months.churn_mrr - coalesce(months.involuntary_churn_mrr, 0) as decimal(18, 6)) as voluntary_churn_mrr,
    cast(months.contraction_mrr as decimal(18, 6)) as contraction_mrr,
    months.churned_accounts / nullif(cast(months.opening_accounts as double), 0) as logo_churn_rate,
    {{ divide_money('months.churn_mrr + months.contraction_mrr', 'months.opening_mrr', 6) }} as gross_mrr_churn_rate,
    {{ divide_money('months.churn_mrr + months.contraction_mrr - months.expansion_mrr - months.reactivation_mrr', 'months.opening_mrr', 6) }} as net_mrr_churn_rate,
    {{ divide_money('months.new_mrr + months.expansion_mrr + months.reactivation_mrr', 'months.contraction_mrr + months.churn_mrr', 6) }} as quick_ratio,
    {{ divide_money('months.closing_mrr', 'months.closing_accounts', 6) }} as arpa,
    {{ divide_money('yearly.mrr_now', 'yearly.mrr_then', 6) }} as nrr_12m,
    {{ divide_money('yearly.mrr_kept', 'yearly.mrr_then', 6) }} as grr_12m,
    {{ divide_money('yearly.mrr_now_reported', 'yearly.mrr_then', 6) }} as nrr_12m_as_reported,
    {{ divide_money('yearly.mrr_kept_reported', 'yearly.mrr_then', 6) }} as grr_12m_as_reported,
    {{ divide_money('months.largest_mrr', 'months.closing_mrr', 6) }} as largest_account_share
from months
left join yearly on months.policy = yearly.policy and months.month = yearly.month
