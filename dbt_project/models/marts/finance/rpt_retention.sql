-- Retention by month under each policy; `actual` nets a late renewal with the churn before it, `scheduled` shows both.
with night as (
    select night from {{ source('ops', 'night') }}
),

months as (
    select
        accounts.policy,
        accounts.month,
        accounts.view,
        count(*) filter (where opening_mrr > 0) as opening_accounts,
        count(*) filter (where closing_mrr > 0) as closing_accounts,
        count(*) filter (where churn_mrr > 0) as churned_accounts,
        count(*) filter (where churn_mrr > 0 and coalesce(reasons.is_involuntary, false)) as involuntary_churned_accounts,
        count(*) filter (where new_mrr > 0) as new_accounts,
        sum(opening_mrr) as opening_mrr,
        sum(new_mrr) as new_mrr,
        sum(expansion_mrr) as expansion_mrr,
        sum(reactivation_mrr) as reactivation_mrr,
        sum(contraction_mrr) as contraction_mrr,
        sum(churn_mrr) as churn_mrr,
        coalesce(sum(churn_mrr) filter (where coalesce(reasons.is_involuntary, false)), 0) as involuntary_churn_mrr,
        sum(closing_mrr) as closing_mrr,
        max(closing_mrr) as largest_mrr
    from {{ ref('int_retention_months') }} as accounts
    left join {{ ref('int_churn_reasons') }} as reasons on accounts.account_id = reasons.account_id and accounts.month = reasons.month
    group by accounts.policy, accounts.month, accounts.view
),

yearly as (
    select
        policy,
        month,
        view,
        sum(mrr_then) as mrr_then,
        sum(mrr_now) as mrr_now,
        sum(mrr_now_reported) as mrr_now_reported,
        sum(least(mrr_then, mrr_now)) as mrr_kept,
        sum(least(mrr_then, mrr_now_reported)) as mrr_kept_reported
    from {{ ref('int_retention_yearly') }}
    group by policy, month, view
),

-- renewed in time is scheduled; a late renewal counts too in what happened in the end
renewals as (
    select
        views.view,
        due_month as month,
        count(*) as renewals_due,
        count(*) filter (where outcome = 'on_time' or (outcome = 'late' and views.view = 'actual')) as renewals_renewed
    from {{ ref('rpt_renewals') }}
    cross join night
    cross join (select unnest(['scheduled', 'actual']) as view) as views
    where due_on <= night.night
    group by views.view, due_month
)

select
    months.policy,
    months.month,
    months.view,
    months.opening_accounts,
    months.closing_accounts,
    months.new_accounts,
    months.churned_accounts,
    months.involuntary_churned_accounts,
    months.churned_accounts - months.involuntary_churned_accounts as voluntary_churned_accounts,
    cast(months.opening_mrr as decimal(18, 6)) as opening_mrr,
    cast(months.closing_mrr as decimal(18, 6)) as closing_mrr,
    cast(months.churn_mrr as decimal(18, 6)) as churn_mrr,
    cast(months.involuntary_churn_mrr as decimal(18, 6)) as involuntary_churn_mrr,
    cast(months.churn_mrr - months.involuntary_churn_mrr as decimal(18, 6)) as voluntary_churn_mrr,
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
    {{ divide_money('months.largest_mrr', 'months.closing_mrr', 6) }} as largest_account_share,
    coalesce(renewals.renewals_due, 0) as renewals_due,
    coalesce(renewals.renewals_renewed, 0) as renewals_renewed,
    {{ divide_money('renewals.renewals_renewed', 'renewals.renewals_due', 6) }} as renewal_rate
from months
left join yearly on months.policy = yearly.policy and months.month = yearly.month and months.view = yearly.view
left join renewals on months.month = renewals.month and months.view = renewals.view
