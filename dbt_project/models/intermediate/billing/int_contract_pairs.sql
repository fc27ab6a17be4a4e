-- What the CRM says beside what billing charges, per account: the same currency first, then what is left of either side.
with night as (
    select night from {{ source('ops', 'night') }}
),

contracts as (
    select * from {{ ref('int_contracts') }}
),

billed as (
    select * from {{ ref('int_billed_contracts') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- accounts that sales works: those that buy by themselves have no contract to compare with
sold as (
    select distinct account_id from {{ ref('int_account_records') }} where trust = 1 and not is_deleted
    union
    select account_id from contracts
),

in_crm as (
    select distinct account_id from {{ ref('int_account_records') }} where trust in (1, 3, 4)
),

contract_keys as (
    select contracts.account_id, contracts.currency, billed.currency is not null as has_twin,
        row_number() over (partition by contracts.account_id, billed.currency is not null order by contracts.booked desc, contracts.currency asc) as place
    from contracts left join billed using (account_id, currency)
),

billed_keys as (
    select billed.account_id, billed.currency, contracts.currency is not null as has_twin,
        row_number() over (partition by billed.account_id, contracts.currency is not null order by billed.billed desc, billed.currency asc) as place
    from billed left join contracts using (account_id, currency)
),

matched as (
    select
        coalesce(contract_keys.account_id, billed_keys.account_id) as account_id,
        contract_keys.currency as deal_currency,
        billed_keys.currency as billed_currency
    from contract_keys
    full join billed_keys
        on contract_keys.account_id = billed_keys.account_id and contract_keys.has_twin = billed_keys.has_twin
        and (contract_keys.has_twin and contract_keys.currency = billed_keys.currency or not contract_keys.has_twin and contract_keys.place = billed_keys.place)
),

converted as (
    select
        matched.*,
        billed.* exclude (account_id, currency, evidence, billed),
        billed.billed as billed_amount,
        contracts.* exclude (account_id, currency, evidence, booked),
        contracts.booked as booked_amount,
        concat_ws(', ', contracts.evidence, billed.evidence) as evidence,
        matched.billed_currency <> matched.deal_currency as is_other_currency,
        case
            when matched.billed_currency <> matched.deal_currency
                then {{ divide_money(convert_money('billed.billed', 'billed_rates.rate'), 'deal_rates.rate', 4) }}
            else billed.billed
        end as billed_in_deal_currency,
        {{ divide_money(convert_money('billed.billed', 'billed_rates_then.rate'), 'deal_rates_then.rate', 4) }} as billed_at_close
    from matched
    cross join night
    left join contracts on matched.account_id = contracts.account_id and matched.deal_currency = contracts.currency
    left join billed on matched.account_id = billed.account_id and matched.billed_currency = billed.currency
    left join rates as deal_rates on matched.deal_currency = deal_rates.currency and deal_rates.rate_date = night.night
    left join rates as billed_rates on matched.billed_currency = billed_rates.currency and billed_rates.rate_date = night.night
    left join rates as deal_rates_then
        on matched.deal_currency = deal_rates_then.currency and deal_rates_then.rate_date = {{ reporting_date('contracts.closed_at') }}
    left join rates as billed_rates_then
        on matched.billed_currency = billed_rates_then.currency and billed_rates_then.rate_date = {{ reporting_date('contracts.closed_at') }}
)

select
    account_id,
    deal_id,
    subscription_id,
    coalesce(deal_currency, billed_currency) as currency,
    billed_currency,
    cast(coalesce(booked_amount, 0) as decimal(18, 4)) as booked_amount,
    -- a contract that is over, by its term or because it was given up, is worth nothing more; one never billed still is
    cast(case
        when is_cancelled then 0
        when is_past_term and (first_billed_at is not null or billed_amount > 0) then 0
        else coalesce(booked_amount, 0)
    end as decimal(18, 4)) as booked,
    cast(coalesce(booked_lately, 0) as decimal(18, 4)) as booked_lately,
    cast(coalesce(billed_in_deal_currency, 0) as decimal(18, 4)) as billed,
    cast(coalesce(gross, 0) as decimal(18, 4)) as gross,
    cast(coalesce(discount_past_end, 0) as decimal(18, 4)) as discount_past_end,
    cast(coalesce(doubled, 0) as decimal(18, 4)) as doubled,
    cast(unit_annual as decimal(18, 4)) as unit_annual,
    coalesce(has_other_seats, false) as has_other_seats,
    first_billed_at,
    cast(amount as decimal(18, 4)) as amount,
    deals,
    term_months,
    closed_at,
    days_since_won,
    coalesce(is_first_contract, false) as is_first_contract,
    coalesce(is_past_term, false) as is_past_term,
    coalesce(is_cancelled, false) as is_cancelled,
    coalesce(is_other_currency, false) as is_other_currency,
    -- the numbers differ, but not at the rate of the day on which the deal was closed
    coalesce(is_other_currency and booked_amount <> billed_amount and abs(booked_amount - billed_at_close) * 100 <= booked_amount, false) as is_rate_alone,
    evidence
from converted
where (account_id in (select account_id from sold) or account_id not in (select account_id from in_crm)) and account_id <> 'unassigned'
