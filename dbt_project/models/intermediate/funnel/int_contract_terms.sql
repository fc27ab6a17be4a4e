-- Terms of at least renewal_min_term_months that were agreed in a won deal: when each ends, the deal that renewed it, whether it was lost.
with night as (
    select night from {{ source('ops', 'night') }}
),

deals as (
    select *, {{ reporting_date('closed_at') }} as closed_on
    from {{ ref('fct_deals') }}
    where is_won and account_id is not null and deal_type in ('new', 'renewal') and closed_at is not null
),

terms as (
    select account_id, deal_id, owner_id, annual_value, currency, cast(closed_on + to_months(term_months) as date) as due_on
    from deals
    where term_months >= {{ var('renewal_min_term_months') }}
),

renewals as (
    select
        terms.deal_id, later.closed_at as renewed_at, later.closed_on as renewed_on, later.source, later.instance, later.table_name,
        later.record_key
    from terms
    inner join deals as later
        on terms.account_id = later.account_id and later.deal_type = 'renewal' and later.deal_id <> terms.deal_id
        and later.closed_on between terms.due_on - 120 and terms.due_on + {{ var('late_renewal_days') }}
    qualify row_number() over (partition by terms.deal_id order by later.closed_at, later.deal_id) = 1
),

paying as (
    select
        account_id,
        {{ reporting_date('entered_at') }} as paid_from,
        {{ reporting_date('until_at') }} as paid_until
    from {{ ref('int_account_periods') }}
    where is_paying
),

-- without a renewal deal, who paid on when the term was over, and pays still, has only slipped
kept as (
    select distinct terms.deal_id
    from terms
    inner join paying as after_term
        on terms.account_id = after_term.account_id and after_term.paid_from <= terms.due_on + {{ var('late_renewal_days') }}
        and (after_term.paid_until is null or after_term.paid_until > terms.due_on)
    inner join paying as now on terms.account_id = now.account_id and now.paid_until is null
)

select
    terms.*,
    renewals.renewed_at,
    renewals.renewed_on,
    renewals.source,
    renewals.instance,
    renewals.table_name,
    renewals.record_key,
    terms.due_on <= night.night and renewals.deal_id is null and kept.deal_id is null as is_lost
from terms
cross join night
left join renewals on terms.deal_id = renewals.deal_id
left join kept on terms.deal_id = kept.deal_id
