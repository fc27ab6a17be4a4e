-- The contract gap of each account, cut into reasons: each takes what it explains, in order, and passes on the rest.
{% set reasons = [
    ('billed_twice', "case when doubled > 0 and rest <= -doubled and not is_other_currency then -doubled else 0 end"),
    ('cancelled_in_crm_still_billed', "case when is_cancelled and billed > 0 then rest else 0 end"),
    ('churned_in_billing_still_customer', "case when booked > 0 and billed = 0 and first_billed_at is not null then rest else 0 end"),
    ('billed_without_deal', "case when deal_id is null and billed > 0 then rest else 0 end"),
    ('won_not_billed', "case when booked > 0 and billed = 0 and first_billed_at is null and days_since_won >= " ~ var('won_not_billed_days') ~ " then rest else 0 end"),
    ('timing', "case
        when booked > 0 and billed = 0 and first_billed_at is null then rest
        when booked_lately > 0 and rest = booked_lately and not is_other_currency then rest
        else 0
    end"),
    ('currency_mismatch', "case when is_other_currency and booked > 0 and billed > 0 and not is_rate_alone then rest else 0 end"),
    ('fx_only', "case when is_other_currency and booked > 0 and billed > 0 and is_rate_alone then rest else 0 end"),
    ('term_mismatch', "case when rest <> 0 and term_annual is not null then booked - term_annual else 0 end"),
    ('seat_mismatch', "case when rest <> 0 and is_other_seats then booked - gross else 0 end"),
    ('discount_past_end', "case when rest > 0 and booked > 0 and billed > 0 and discount_past_end > 0 then least(discount_past_end, rest) else 0 end"),
    ('amount_mismatch', "case when billed > 0 and deal_id is not null and not is_past_term then rest else 0 end"),
    ('renewal_slipped', "case when billed > 0 and deal_id is not null and is_past_term then rest else 0 end"),
] %}
with pairs as (
    select *, booked - billed as gap from {{ ref('int_contract_pairs') }}
),

-- what the deal's amount would be a year, if it meant a month or the whole term where a year is meant
other_terms as (
    select
        *,
        cast(amount * 12 as decimal(18, 4)) as as_month,
        {{ divide_money('cast(amount as decimal(22, 4)) * 12', 'nullif(term_months, 0)', 4) }} as as_term
    from pairs
),

signs as (
    select
        *,
        case
            when deals <> 1 or billed <= 0 or is_other_currency or is_past_term or is_cancelled then null
            when as_term <> booked and as_term in (gross, billed) then as_term
            when as_month <> booked and as_month in (gross, billed) then as_month
            when amount <> booked and amount in (gross, billed) then amount
        end as term_annual,
        -- the price is that of the first invoice, the number of seats is not, and the contract is of yet another number
        booked > 0 and billed > 0 and has_other_seats and unit_annual > 0 and booked <> gross and booked % unit_annual = 0 as is_other_seats
    from other_terms
),

{{ waterfall('signs', reasons) }}
select * from explained
