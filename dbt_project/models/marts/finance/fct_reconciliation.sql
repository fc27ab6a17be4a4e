-- Where sales, billing and cash part ways, as of the night: three gaps that are never added together.
{% set reasons = {
    'contract': [
        'billed_twice', 'cancelled_in_crm_still_billed', 'churned_in_billing_still_customer', 'billed_without_deal', 'won_not_billed',
        'timing', 'currency_mismatch', 'fx_only', 'term_mismatch', 'seat_mismatch', 'discount_past_end', 'amount_mismatch',
        'renewal_slipped', 'unexplained'
    ],
    'collection': ['payment_failed', 'overdue', 'unexplained'],
    'use': ['use_above_plan', 'churned_still_using', 'unexplained']
} %}
with night as (
    select night from {{ source('ops', 'night') }}
),

contract_gaps as (
    select
        account_id, subscription_id, deal_id, booked, billed, cast(null as decimal(18, 4)) as collected, gap, currency,
        coalesce(closed_at, first_billed_at) as first_seen, evidence, is_first_contract, first_billed_at, closed_at,
        {{ reasons['contract'] | join(', ') }}
    from {{ ref('int_contract_gaps') }}
),

collection_gaps as (
    select
        account_id, subscription_id, cast(null as varchar) as deal_id, cast(null as decimal(18, 4)) as booked, sum(billed) as billed,
        sum(collected) as collected, currency, min(due_at) as first_seen, string_agg(evidence, ', ' order by due_at, evidence) as evidence,
        payment_failed <> 0 as is_refused, {% for reason in reasons['collection'] %}sum({{ reason }}) as {{ reason }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ ref('int_collection_gaps') }}
    where gap <> 0
    group by account_id, subscription_id, currency, payment_failed <> 0
),

use_gaps as (
    select
        account_id, subscription_id, cast(null as varchar) as deal_id, cast(null as decimal(18, 4)) as booked, billed,
        cast(null as decimal(18, 4)) as collected, currency, first_used_at as first_seen, evidence,
        {{ reasons['use'] | join(', ') }}
    from {{ ref('int_use_gaps') }}
),

gaps as (
    {% for kind, of_kind in reasons.items() %}
    {% for reason in of_kind %}
    select '{{ kind }}' as gap_kind, '{{ reason }}' as reason, account_id, subscription_id, deal_id, booked, billed, collected, {{ reason }} as gap, currency, first_seen, evidence
    from {{ kind }}_gaps where {{ reason }} <> 0
    union all
    {% endfor %}
    {% endfor %}
    -- the same money, but the subscription began long before or after the contract: a fact without a loss
    select 'contract', 'start_date_mismatch', account_id, subscription_id, deal_id, booked, billed, collected, 0, currency, first_seen, evidence
    from contract_gaps
    where gap = 0 and booked > 0 and is_first_contract
        and abs(date_diff('day', {{ reporting_date('closed_at') }}, {{ reporting_date('first_billed_at') }})) > {{ var('start_date_mismatch_days') }}
)

select
    night.night as as_of,
    gaps.gap_kind,
    gaps.reason,
    gaps.account_id,
    gaps.subscription_id,
    gaps.deal_id,
    cast(gaps.booked as decimal(18, 4)) as booked,
    cast(gaps.billed as decimal(18, 4)) as billed,
    cast(gaps.collected as decimal(18, 4)) as collected,
    cast(gaps.gap as decimal(18, 4)) as gap,
    gaps.currency,
    {{ convert_money('gaps.gap', 'rates.rate') }} as gap_reporting,
    {{ reporting_date('gaps.first_seen') }} as first_seen,
    gaps.evidence
from gaps
cross join night
left join {{ ref('int_exchange_rates') }} as rates on gaps.currency = rates.currency and rates.rate_date = night.night
