-- The contract gap of each account, cut into reasons: each takes what it explains, in order, and passes on the rest.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

-- accounts that sales works: those that buy by themselves have no contract to compare with
sold as (
    select distinct account_id from {{ ref('int_account_records') }} where trust = 1 and not is_deleted
    union
    select account_id from {{ ref('int_contracts') }}
),

in_crm as (
    select distinct account_id from {{ ref('int_account_records') }} where trust in (1, 3, 4)
),

billed as (
    select * from {{ ref('int_billed_contracts') }}
    -- of several currencies of one account, the one in which most is charged stands beside the deal
    qualify row_number() over (partition by account_id order by billed desc, first_billed_at, currency) = 1
),

pairs as (
    select
        coalesce(contracts.account_id, billed.account_id) as account_id,
        contracts.deal_id,
        billed.subscription_id,
        coalesce(contracts.currency, billed.currency) as currency,
        billed.currency as billed_currency,
        coalesce(contracts.booked, 0) as booked_amount,
        contracts.amount,
        contracts.term_months,
        contracts.closed_at,
        coalesce(contracts.is_first_contract, false) as is_first_contract,
        coalesce(contracts.is_past_term, false) as is_past_term,
        coalesce(contracts.is_cancelled, false) as is_cancelled,
        coalesce(billed.billed, 0) as billed_amount,
        coalesce(billed.gross, 0) as gross,
        coalesce(billed.discount, 0) as discount,
        billed.first_gross,
        billed.first_billed_at,
        coalesce(billed.is_observed, false) as is_observed,
        billed.unit_annual,
        coalesce(billed.doubled, 0) as doubled,
        concat_ws(' | ', contracts.evidence, billed.evidence) as evidence
    from {{ ref('int_contracts') }} as contracts
    full join billed on contracts.account_id = billed.account_id
    where coalesce(contracts.account_id, billed.account_id) <> 'unassigned'
),

rated as (
    select
        pairs.*,
        case when pairs.is_cancelled or pairs.is_past_term then 0 else pairs.booked_amount end as booked,
        case
            when pairs.billed_currency is null or pairs.billed_currency = pairs.currency then pairs.billed_amount
            else {{ divide_money(convert_money('pairs.billed_amount', 'billed_rates.rate'), 'deal_rates.rate', 4) }}
        end as billed,
        case
            when pairs.billed_currency <> pairs.currency
                then {{ divide_money(convert_money('pairs.billed_amount', 'billed_rates_then.rate'), 'deal_rates_then.rate', 4) }}
        end as billed_at_close,
        deal_rates.rate as reporting_rate
    from pairs
    cross join night
    left join {{ ref('int_exchange_rates') }} as deal_rates on pairs.currency = deal_rates.currency and deal_rates.rate_date = night.night
    left join {{ ref('int_exchange_rates') }} as billed_rates on pairs.billed_currency = billed_rates.currency and billed_rates.rate_date = night.night
    left join {{ ref('int_exchange_rates') }} as deal_rates_then
        on pairs.currency = deal_rates_then.currency and deal_rates_then.rate_date = {{ reporting_date('pairs.closed_at') }}
    left join {{ ref('int_exchange_rates') }} as billed_rates_then
        on pairs.billed_currency = billed_rates_then.currency and billed_rates_then.rate_date = {{ reporting_date('pairs.closed_at') }}
),

facts as (
    select
        rated.*,
        booked - billed as gap,
        date_diff('day', {{ reporting_date('closed_at') }}, night.night) as days_since_won,
        billed_currency <> currency as is_other_currency,
        sold.account_id is not null as is_sold,
        in_crm.account_id is not null as is_in_crm
    from rated
    cross join night
    left join sold on rated.account_id = sold.account_id
    left join in_crm on rated.account_id = in_crm.account_id
),

{# in order: each reason takes what its condition explains of the rest that the ones above it have left #}
{% set reasons = [
    ('billed_twice', "case when doubled > 0 and rest <= -doubled and not is_other_currency then -doubled else 0 end"),
    ('cancelled_in_crm_still_billed', "case when is_cancelled and billed > 0 then rest else 0 end"),
    ('churned_in_billing_still_customer', "case when booked > 0 and billed = 0 and first_billed_at is not null then rest else 0 end"),
    ('billed_without_deal', "case when deal_id is null and billed > 0 then rest else 0 end"),
    ('won_not_billed', "case when booked > 0 and first_billed_at is null and days_since_won >= " ~ var('won_not_billed_days') ~ " then rest else 0 end"),
    ('timing', "case when booked > 0 and first_billed_at is null then rest else 0 end"),
    ('currency_mismatch', "case when is_other_currency and billed > 0 and not is_rate_alone then rest else 0 end"),
    ('fx_only', "case when is_other_currency and billed > 0 and is_rate_alone then rest else 0 end"),
    ('term_mismatch', "case when rest <> 0 and is_other_term then rest else 0 end"),
    ('seat_mismatch', "case when rest <> 0 and is_other_seats then booked - gross else 0 end"),
    ('discount_past_end', "case when rest > 0 and billed > 0 and discount > 0 and booked > 0 then least(discount, rest) else 0 end"),
    ('amount_mismatch', "case when billed > 0 and booked > 0 then rest else 0 end"),
    ('renewal_slipped', "case when is_past_term and billed > 0 and deal_id is not null then rest else 0 end"),
] %}

signs as (
    select
        *,
        gap as rest,
        -- the numbers differ, but not at the rate of the day on which the deal was closed
        coalesce(booked_amount <> billed_amount and abs(booked - billed_at_close) * 100 <= booked, false) as is_rate_alone,
        -- the deal states its whole term's amount where a year's was meant
        billed > 0 and coalesce(term_months, 12) not in (0, 12)
            and {{ divide_money('cast(amount as decimal(18, 4)) * 12', 'coalesce(term_months, 12)', 4) }} in (gross, billed) as is_other_term,
        -- the same price as at first, for another number of seats
        billed > 0 and is_observed and gross <> first_gross and unit_annual > 0
            and gross % unit_annual = 0 and first_gross % unit_annual = 0 and booked % unit_annual = 0 as is_other_seats
    from facts
    where is_sold or not is_in_crm
),

{% for name, expression in reasons %}
step_{{ loop.index }} as (
    select * replace (rest - {{ name }} as rest)
    from (select *, cast({{ expression }} as decimal(18, 4)) as {{ name }} from {{ 'signs' if loop.first else 'step_' ~ loop.index0 }})
),

{% endfor %}
explained as (
    select * exclude (rest), rest as unexplained from step_{{ reasons | length }}
)

select * from explained
