-- What a customer is worth and what one costs, by month and policy, in the reporting currency. Worth is taken over the six
-- closed months up to the month; what a denominator of 0 would give is empty.
with night as (
    select night from {{ source('ops', 'night') }}
),

months as (
    select
        policy,
        month,
        count(*) filter (where opening_mrr > 0) as opening_accounts,
        count(*) filter (where closing_mrr > 0) as closing_accounts,
        count(*) filter (where churn_mrr > 0) as churned_accounts,
        count(*) filter (where new_mrr > 0) as new_customers,
        sum(closing_mrr) as closing_mrr,
        sum(new_mrr) as new_mrr
    from {{ ref('fct_mrr_movements') }}
    group by policy, month
),

six_months as (
    select
        months.*,
        count(*) over six as closed_months,
        sum(closing_mrr) over six as mrr_6m,
        sum(closing_accounts) over six as accounts_6m,
        sum(churned_accounts) over six as churned_6m,
        sum(opening_accounts) over six as opening_6m
    from months
    cross join night
    where cast(months.month + interval 1 month as date) + {{ var('month_close_day') }} - 1 <= night.night
    window six as (partition by policy order by month rows between 5 preceding and current row)
),

margins as (
    select six_months.policy, six_months.month, arg_max(sheet.amount, sheet.month) as gross_margin
    from six_months
    inner join {{ ref('int_company__cost_sheet') }} as sheet on sheet.kind = 'gross_margin' and sheet.month <= six_months.month
    group by six_months.policy, six_months.month
),

with_costs as (
    select
        six_months.*,
        margins.gross_margin,
        costs.ad_cost,
        costs.full_cost,
        {{ divide_money('six_months.mrr_6m', 'six_months.accounts_6m', 6) }} as arpa_6m,
        {{ divide_money('six_months.churned_6m', 'six_months.opening_6m', 8) }} as logo_churn_6m,
        {{ divide_money('costs.ad_cost', 'six_months.new_customers', 6) }} as cac_paid_only,
        {{ divide_money('costs.full_cost', 'six_months.new_customers', 6) }} as cac
    from six_months
    left join margins on six_months.policy = margins.policy and six_months.month = margins.month
    left join {{ ref('int_acquisition_costs') }} as costs on six_months.month = costs.month
),

with_worth as (
    select
        *,
        -- ARPA × margin ÷ churn in one division, so that nothing is rounded between
        case when closed_months = 6 then
            {{ divide_money(
                'cast(mrr_6m as decimal(22, 6)) * cast(gross_margin as decimal(6, 4)) * cast(opening_6m as decimal(9, 0))',
                'cast(accounts_6m as decimal(19, 0)) * cast(churned_6m as decimal(9, 0))', 4
            ) }}
        end as ltv,
        {{ divide_money('full_cost', 'cast(new_mrr as decimal(22, 6)) * cast(gross_margin as decimal(6, 4))', 4) }} as payback_months,
        {{ divide_money('ad_cost', 'cast(new_mrr as decimal(22, 6)) * cast(gross_margin as decimal(6, 4))', 4) }} as payback_months_paid_only
    from with_costs
)

select
    policy,
    month,
    closing_accounts as paying_accounts,
    {{ divide_money('closing_mrr', 'closing_accounts', 6) }} as arpa,
    cast(arpa_6m as decimal(18, 6)) as arpa_6m,
    cast(gross_margin as decimal(9, 4)) as gross_margin,
    logo_churn_6m,
    ltv,
    new_customers,
    cast(new_mrr as decimal(18, 6)) as new_mrr,
    ad_cost,
    full_cost as sales_and_marketing_cost,
    cac,
    cac_paid_only,
    payback_months,
    payback_months_paid_only,
    {{ divide_money('ltv', 'cac', 4) }} as ltv_to_cac
from with_worth
