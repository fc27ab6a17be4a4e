-- Billed amounts spread over their service period by the day, to the smallest unit of their currency: what is left over goes to
-- the last month, so that the months of a line sum to the line. A line without a period is earned when it is invoiced.
with lines as (
    select
        lines.line_id,
        lines.account_id,
        lines.currency,
        cast(lines.amount - coalesce(lines.discount_amount, 0) as decimal(18, 4)) as net_amount,
        {{ currency_decimals('lines.currency') }} as decimals,
        {{ reporting_date('coalesce(lines.period_start, invoices.issued_at)') }} as first_day,
        greatest(
            {{ reporting_date('coalesce(lines.period_start, invoices.issued_at)') }},
            {{ reporting_date('coalesce(lines.period_end, lines.period_start, invoices.issued_at)') }} - 1
        ) as last_served_day
    from {{ ref('fct_invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    where invoices.status not in ('draft', 'void', 'voided') and lines.amount is not null
        and coalesce(lines.period_start, invoices.issued_at) is not null
),

days as (
    select *, date_diff('day', first_day, last_served_day) + 1 as days_served from lines
),

months as (
    select
        days.*,
        cast(unnest(generate_series(date_trunc('month', first_day)::date, date_trunc('month', last_served_day)::date, interval 1 month)) as date) as month
    from days
),

shares as (
    select
        *,
        date_diff('day', greatest(first_day, month), least(last_served_day, last_day(month))) + 1 as days_in_month,
        month = date_trunc('month', last_served_day)::date as is_last
    from months
),

rounded as (
    select
        *,
        case decimals
            when 0 then cast({{ divide_money('net_amount * days_in_month', 'days_served', 0) }} as decimal(18, 4))
            when 3 then cast({{ divide_money('net_amount * days_in_month', 'days_served', 3) }} as decimal(18, 4))
            else cast({{ divide_money('net_amount * days_in_month', 'days_served', 2) }} as decimal(18, 4))
        end as share_amount
    from shares
),

spread as (
    select
        *,
        case
            when is_last
                then net_amount - coalesce(sum(share_amount) over (partition by line_id order by month asc rows between unbounded preceding and 1 preceding), 0)
            else share_amount
        end as recognised_amount
    from rounded
),

amounts as (
    select account_id, currency, month, 0 as billed, recognised_amount as recognised, 0 as credited from spread
    union all
    select account_id, currency, cast(date_trunc('month', first_day) as date), net_amount, 0, 0 from days
    union all
    select account_id, currency, cast(date_trunc('month', {{ reporting_date('issued_at') }}) as date), 0, 0, coalesce(subtotal, total)
    from {{ ref('fct_credit_notes') }}
    where not is_void and issued_at is not null
),

by_month as (
    select account_id, currency, month, sum(billed) as billed, sum(recognised) as recognised, sum(credited) as credited
    from amounts
    group by account_id, currency, month
)

select
    account_id,
    currency,
    month,
    cast(billed as decimal(18, 4)) as billed,
    cast(recognised as decimal(18, 4)) as recognised,
    cast(credited as decimal(18, 4)) as credited,
    cast(sum(billed - recognised) over (partition by account_id, currency order by month asc) as decimal(18, 4)) as deferred_at_end
from by_month
