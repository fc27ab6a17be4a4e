with months as (
    select * from {{ ref('int_mrr_months') }}
),

at_rates as (
    select months.*, rates.opening_rate, rates.closing_rate
    from months
    left join {{ ref('int_month_rates') }} as rates on months.currency = rates.currency and months.month = rates.month
),

converted as (
    select
        policy,
        account_id,
        currency,
        month,
        {{ convert_money('opening_mrr', 'opening_rate') }} as opening_mrr,
        {{ convert_money('closing_mrr', 'opening_rate') }} as closing_at_opening_rate,
        {{ convert_money('closing_mrr', 'closing_rate') }} as closing_mrr,
        {{ convert_money('closing_arr', 'closing_rate') }} as closing_arr,
        case when closing_rate = opening_rate then 0 else {{ convert_money('closing_mrr', '(closing_rate - opening_rate)') }} end as fx_mrr,
        last_active_month
    from at_rates
),

-- nearly all accounts pay in one currency: only the others are added up, and their past looked at over all currencies
mixed_accounts as (
    select account_id from {{ ref('int_mrr_runs') }} group by account_id having min(currency) <> max(currency)
),

of_one_currency as (
    select
        converted.* exclude (currency, last_active_month) replace (cast(converted.closing_arr as decimal(18, 4)) as closing_arr),
        last_active_month is not null as was_active,
        last_active_month
    from converted
    anti join mixed_accounts on converted.account_id = mixed_accounts.account_id
    -- what has no rate cannot be stated (the rule finance/exchange_rate_is_known names currency and day)
    where fx_mrr is not null
),

added_up as (
    select
        policy,
        account_id,
        month,
        cast(sum(opening_mrr) as decimal(18, 6)) as opening_mrr,
        cast(sum(closing_at_opening_rate) as decimal(18, 6)) as closing_at_opening_rate,
        cast(sum(closing_mrr) as decimal(18, 6)) as closing_mrr,
        cast(sum(closing_arr) as decimal(18, 4)) as closing_arr,
        cast(sum(fx_mrr) as decimal(18, 6)) as fx_mrr
    from converted
    semi join mixed_accounts on converted.account_id = mixed_accounts.account_id
    group by policy, account_id, month
    -- and never a part of it
    having count(*) = count(fx_mrr)
),

of_many_currencies as (
    select
        *,
        coalesce(max(closing_mrr) over earlier, 0) > 0 as was_active,
        max(case when closing_mrr > 0 then month end) over earlier as last_active_month
    from added_up
    window earlier as (partition by policy, account_id order by month rows between unbounded preceding and 1 preceding)
),

history as (
    select * from of_one_currency
    union all by name
    select * from of_many_currencies
),

-- under the policy `stripe` growth includes what the exchange rates did
compared as (
    select *, case when policy = 'stripe' then closing_mrr else closing_at_opening_rate end as compared_mrr from history
),

movements as (
    select
        policy,
        month,
        account_id,
        opening_mrr,
        {{ movement_columns('opening_mrr', 'compared_mrr', '(compared_mrr - opening_mrr)', 'was_active') }},
        case when policy = 'stripe' then 0 else fx_mrr end as fx_mrr,
        closing_mrr,
        closing_arr,
        opening_mrr = 0 and closing_mrr > 0 and was_active
            and date_diff('day', last_day(last_active_month), month) <= {{ var('late_renewal_days') }} as is_late_renewal
    from compared
),

with_rounding as (
    select
        policy,
        month,
        account_id,
        opening_mrr,
        new_mrr,
        expansion_mrr,
        reactivation_mrr,
        contraction_mrr,
        churn_mrr,
        cast(fx_mrr as decimal(18, 6)) as fx_mrr,
        cast(
            closing_mrr - opening_mrr - new_mrr - expansion_mrr - reactivation_mrr + contraction_mrr + churn_mrr - fx_mrr
            as decimal(18, 6)
        ) as rounding_mrr,
        closing_mrr,
        closing_arr,
        is_late_renewal
    from movements
)

select * from with_rounding where opening_mrr > 0 or closing_mrr > 0
