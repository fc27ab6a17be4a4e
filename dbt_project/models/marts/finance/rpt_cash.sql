-- What was invoiced, taxes apart, credited, collected and given back, by month and currency.
{% set names = ['invoiced_net', 'invoiced_tax', 'invoiced_total', 'credited_net', 'credited_tax', 'collected', 'refunded', 'fees'] %}
with invoiced as (
    select issued_at as moment, currency, total - coalesce(tax, 0) as invoiced_net, coalesce(tax, 0) as invoiced_tax, total as invoiced_total
    from {{ ref('fct_invoices') }}
    where status not in ('draft', 'void', 'voided')
),

credited as (
    select issued_at as moment, currency, total - coalesce(tax, 0) as credited_net, coalesce(tax, 0) as credited_tax
    from {{ ref('fct_credit_notes') }}
    where not is_void
),

-- a payment that was refunded later was collected at first
collected as (
    select paid_at as moment, currency, amount as collected, coalesce(fee, 0) as fees
    from {{ ref('fct_payments') }}
    where lower(status) in ('succeeded', 'refunded')
),

refunded as (
    select paid_at as moment, currency, amount as refunded from {{ ref('fct_refunds') }}
),

amounts as (
    select * from invoiced
    union all by name
    select * from credited
    union all by name
    select * from collected
    union all by name
    select * from refunded
)

select
    cast(date_trunc('month', {{ reporting_date('moment') }}) as date) as month,
    currency,
    {% for name in names %}
    cast(coalesce(sum({{ name }}), 0) as decimal(18, 4)) as {{ name }},
    {% endfor %}
    cast(coalesce(sum(collected), 0) - coalesce(sum(refunded), 0) as decimal(18, 4)) as collected_less_refunded
from amounts
where moment is not null
group by 1, 2
