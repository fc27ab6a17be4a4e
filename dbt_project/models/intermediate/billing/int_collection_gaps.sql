-- What is invoiced and due, less what was credited and what was collected, per invoice as of the night.
{% set reasons = [
    ('payment_failed', "case when rest > 0 and is_refused then rest else 0 end"),
    ('overdue', "case when rest > 0 then rest else 0 end"),
] %}
with night as (
    select night from {{ source('ops', 'night') }}
),

refused as (
    select distinct invoice_id from {{ ref('fct_payments') }} where failure_reason is not null or lower(status) in ('failure', 'failed')
),

due as (
    select
        invoices.invoice_id,
        invoices.account_id,
        invoices.subscription_id,
        invoices.currency,
        coalesce(invoices.due_at, invoices.issued_at) as due_at,
        cast(invoices.total as decimal(18, 4)) as billed,
        cast(coalesce(invoices.amount_paid, 0) as decimal(18, 4)) as collected,
        cast(invoices.total - coalesce(invoices.amount_credited, 0) - coalesce(invoices.amount_paid, 0) as decimal(18, 4)) as gap,
        refused.invoice_id is not null or invoices.status in ('uncollectible', 'not_paid') as is_refused,
        invoices.source || ':' || invoices.instance || ':' || invoices.table_name || ':' || invoices.record_key as evidence
    from {{ ref('fct_invoices') }} as invoices
    cross join night
    left join refused on invoices.invoice_id = refused.invoice_id
    -- an invoice that its tool calls paid is settled
    where invoices.status not in ('paid', 'void', 'voided', 'draft')
        and {{ reporting_date('coalesce(invoices.due_at, invoices.issued_at)') }} <= night.night
),

{{ waterfall('due', reasons) }}
select * from explained
