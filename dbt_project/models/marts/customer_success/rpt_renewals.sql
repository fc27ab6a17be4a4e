-- Terms of at least renewal_min_term_months: due, and what became of them, by the month in which they were scheduled.
-- Of those that are still to come, how likely they are lost: cancelled or in arrears is high, ill health or no word medium.
with night as (
    select night from {{ source('ops', 'night') }}
),

terms as (
    select * from {{ ref('int_contract_terms') }}
),

cancelled as (
    select distinct account_id from {{ ref('fct_subscriptions') }}
    where cancel_requested_at is not null and (ended_at is null or ended_at > cancel_requested_at) and status <> 'cancelled'
),

outcomes as (
    select
        terms.*,
        coalesce(revenue.mrr, 0) as mrr,
        case
            when terms.renewed_on <= terms.due_on + 7 then 'on_time'
            when terms.renewed_on is not null then 'late'
            when terms.due_on > night.night then 'open'
            when terms.is_lost then 'lost'
            else 'slipped'
        end as outcome,
        terms.due_on between night.night and night.night + 90 as is_due_next_90_days
    from terms
    cross join night
    left join {{ ref('int_account_revenue') }} as revenue on terms.account_id = revenue.account_id
),

judged as (
    select
        outcomes.*,
        health.health_score,
        case
            when outcomes.outcome not in ('open', 'slipped') then null
            when cancelled.account_id is not null then 'cancellation requested'
            when outcomes.mrr = 0 then 'pays nothing'
            when health.overdue_invoices > 0 then 'invoices overdue'
            when health.health_score < 40 then 'ill health'
            when outcomes.outcome = 'slipped' then 'past its date'
            when health.health_score < 70 then 'poor health'
            when health.days_since_spoken is null or health.days_since_spoken > {{ var('untouched_days') }} then 'nobody spoke to them'
        end as risk_reason
    from outcomes
    left join {{ ref('rpt_health') }} as health on outcomes.account_id = health.account_id
    left join cancelled on outcomes.account_id = cancelled.account_id
)

select
    judged.deal_id,
    judged.account_id,
    accounts.name as account_name,
    judged.owner_id,
    judged.due_on,
    cast(date_trunc('month', judged.due_on) as date) as due_month,
    judged.annual_value,
    judged.currency,
    judged.renewed_on,
    judged.outcome,
    judged.is_due_next_90_days,
    judged.health_score,
    case
        when judged.outcome not in ('open', 'slipped') then null
        when judged.risk_reason in ('cancellation requested', 'pays nothing', 'invoices overdue', 'ill health') then 'high'
        when judged.risk_reason is not null then 'medium'
        else 'low'
    end as risk,
    judged.risk_reason,
    cast(judged.mrr as decimal(18, 6)) as mrr
from judged
left join {{ ref('int_accounts') }} as accounts on judged.account_id = accounts.account_id
