-- What is invoiced and not paid as of the night, by account, currency and age since it fell due.
with night as (
    select night from {{ source('ops', 'night') }}
),

open_invoices as (
    select
        invoices.*,
        date_diff('day', {{ reporting_date('coalesce(invoices.due_at, invoices.issued_at)') }}, night.night) as days_due,
        invoices.total - coalesce(invoices.amount_paid, 0) - coalesce(invoices.amount_credited, 0) as amount_open
    from {{ ref('fct_invoices') }} as invoices
    cross join night
    where invoices.status not in ('paid', 'void', 'voided', 'draft')
),

aged as (
    select
        account_id,
        currency,
        case
            when days_due < 0 then 'not due'
            when days_due <= 30 then '0-30'
            when days_due <= 60 then '31-60'
            when days_due <= 90 then '61-90'
            else '90+'
        end as age_band,
        count(*) as invoices,
        cast(sum(amount_open) as decimal(18, 4)) as amount_open,
        min(coalesce(due_at, issued_at)) as oldest_due_at
    from open_invoices
    where amount_open > 0
    group by all
)

select * from aged
