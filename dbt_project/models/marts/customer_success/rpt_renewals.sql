-- Terms of at least renewal_min_term_months: due, and what became of them, by the month in which they were scheduled.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

terms as (
    select
        account_id,
        deal_id,
        owner_id,
        annual_value,
        currency,
        {{ reporting_date('closed_at') }} + to_months(term_months) as due_at
    from {{ ref('fct_deals') }}
    where is_won and account_id is not null and deal_type in ('new', 'renewal') and closed_at is not null
        and term_months >= {{ var('renewal_min_term_months') }}
),

due as (
    select terms.*, cast(due_at as date) as due_on from terms
),

renewed as (
    select due.deal_id, min({{ reporting_date('later.closed_at') }}) as renewed_on
    from due
    inner join {{ ref('fct_deals') }} as later
        on due.account_id = later.account_id and later.is_won and later.deal_type = 'renewal' and later.deal_id <> due.deal_id
        and {{ reporting_date('later.closed_at') }} between due.due_on - 120 and due.due_on + {{ var('late_renewal_days') }}
    group by due.deal_id
)

select
    due.deal_id,
    due.account_id,
    due.owner_id,
    due.due_on,
    cast(date_trunc('month', due.due_on) as date) as due_month,
    due.annual_value,
    due.currency,
    renewed.renewed_on,
    case
        when renewed.renewed_on <= due.due_on + 7 then 'on_time'
        when renewed.renewed_on is not null then 'late'
        when due.due_on > night.night then 'open'
        when coalesce(accounts.mrr, 0) = 0 then 'lost'
        else 'slipped'
    end as outcome,
    due.due_on between night.night and night.night + 90 as is_due_next_90_days
from due
cross join night
left join renewed on due.deal_id = renewed.deal_id
left join {{ ref('int_account_revenue') }} as accounts on due.account_id = accounts.account_id
