-- Where sales, billing and cash part ways, as of the night: three gaps that are never added together.
{% set contract_reasons = [
    'billed_twice', 'cancelled_in_crm_still_billed', 'churned_in_billing_still_customer', 'billed_without_deal', 'won_not_billed',
    'timing', 'currency_mismatch', 'fx_only', 'term_mismatch', 'seat_mismatch', 'discount_past_end',
    'amount_mismatch', 'renewal_slipped', 'unexplained'
] %}
with night as (
    select night from {{ source('ops', 'night') }}
),

contract_gaps as (
    {% for reason in contract_reasons %}
    select
        account_id, subscription_id, deal_id, '{{ reason }}' as reason,
        booked, billed, {{ reason }} as gap, currency, reporting_rate, cast(closed_at as timestamptz) as first_seen, evidence
    from {{ ref('int_contract_gaps') }}
    where {{ reason }} <> 0
    {{ 'union all' if not loop.last }}
    {% endfor %}
    union all
    -- the same money, but the subscription began long before or after the contract: a fact without a loss
    select account_id, subscription_id, deal_id, 'start_date_mismatch', booked, billed, 0, currency, reporting_rate, closed_at, evidence
    from {{ ref('int_contract_gaps') }}
    where gap = 0 and booked > 0 and is_first_contract and abs(date_diff('day', closed_at, first_billed_at)) > 60
),

failed as (
    select distinct invoice_id from {{ ref('fct_payments') }} where failure_reason is not null or lower(status) in ('failure', 'failed')
),

collection_gaps as (
    select
        invoices.account_id,
        any_value(invoices.subscription_id) as subscription_id,
        case when failed.invoice_id is not null or invoices.status in ('uncollectible', 'not_paid') then 'payment_failed' else 'overdue' end as reason,
        sum(invoices.total) as billed,
        sum(coalesce(invoices.amount_paid, 0)) as collected,
        sum(invoices.total - coalesce(invoices.amount_paid, 0) - coalesce(invoices.amount_credited, 0)) as gap,
        invoices.currency,
        min(coalesce(invoices.due_at, invoices.issued_at)) as first_seen,
        string_agg(invoices.source || ':' || invoices.instance || ':' || invoices.table_name || ':' || invoices.record_key, ', ' order by invoices.invoice_id) as evidence
    from {{ ref('fct_invoices') }} as invoices
    cross join night
    left join failed on invoices.invoice_id = failed.invoice_id
    where invoices.status not in ('paid', 'void', 'voided', 'draft')
        and {{ reporting_date('coalesce(invoices.due_at, invoices.issued_at)') }} <= night.night
        and invoices.total - coalesce(invoices.amount_paid, 0) - coalesce(invoices.amount_credited, 0) > 0
    group by invoices.account_id, reason, invoices.currency
),

gaps as (
    select 'contract' as gap_kind, reason, account_id, subscription_id, deal_id, booked, billed, cast(null as decimal(18, 4)) as collected, gap, currency, first_seen, evidence
    from contract_gaps
    union all
    select 'collection', reason, account_id, subscription_id, cast(null as varchar), cast(null as decimal(18, 4)), billed, collected, gap, currency, first_seen, evidence
    from collection_gaps
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
