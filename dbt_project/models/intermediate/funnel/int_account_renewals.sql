-- Terms of at least renewal_min_term_months that were renewed: by a renewal deal won, or by the next term billed.
with by_deal as (
    select account_id, due_on, renewed_at, source, instance, table_name, record_key, 'renewal deal won' as field
    from {{ ref('int_contract_terms') }}
    where renewed_at is not null
),

billed_terms as (
    select
        accounts.account_id,
        lines.source,
        lines.instance,
        lines.table_name,
        lines.record_key,
        lines.subscription_key,
        coalesce(lines.item_key, lines.price_key, 'item') as item_key,
        lines.period_start,
        lines.period_end
    from {{ ref('int_invoice_lines') }} as lines
    inner join {{ ref('int_subscriptions') }} as subscriptions
        on lines.source = subscriptions.source and lines.instance = subscriptions.instance
        and lines.subscription_key = subscriptions.record_key
    inner join {{ ref('xref_accounts') }} as accounts
        on subscriptions.source = accounts.source and subscriptions.instance = accounts.instance
        and subscriptions.customer_table = accounts.table_name and subscriptions.customer_key = accounts.record_key
    where lines.is_recurring and lines.amount > 0 and not coalesce(lines.is_proration, false)
        and lines.period_end >= lines.period_start + to_months({{ var('renewal_min_term_months') }})
),

-- a term that follows on another one of the same item
by_billing as (
    select
        account_id, {{ reporting_date('period_start') }} as due_on, period_start as renewed_at, source, instance, table_name,
        record_key, 'next term billed' as field
    from billed_terms
    qualify lag(period_end) over (
        partition by source, instance, subscription_key, item_key order by period_start, record_key
    ) >= period_start - interval 3 day
),

renewals as (
    select * from by_deal
    union all
    select * from by_billing
),

-- a deal and an invoice that fall due near each other tell of one renewal
placed as (
    select
        *,
        coalesce(due_on - lag(due_on) over (partition by account_id order by due_on, renewed_at, source, instance, table_name, record_key) > 60, true) as is_first
    from renewals
),

terms as (
    select
        *,
        sum(is_first::integer) over (partition by account_id order by due_on, renewed_at, source, instance, table_name, record_key rows unbounded preceding) as term
    from placed
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
)

select terms.* exclude (is_first, term)
from terms
cross join night
where terms.renewed_at <= night.built_as_of
qualify row_number() over (partition by account_id, term order by renewed_at, source, instance, table_name, record_key) = 1
