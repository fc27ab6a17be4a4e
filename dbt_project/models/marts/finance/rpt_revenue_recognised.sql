-- Billed amounts spread over their service period by the day, to the cent: what is left over goes to the last month.
with lines as (
    select
        lines.*,
        lines.amount - coalesce(lines.discount_amount, 0) as net_amount,
        {{ reporting_date('lines.period_start') }} as first_day,
        greatest({{ reporting_date('lines.period_start') }}, {{ reporting_date('lines.period_end') }} - 1) as last_served_day
    from {{ ref('fct_invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices on lines.invoice_id = invoices.invoice_id
    where invoices.status not in ('draft', 'void', 'voided') and lines.amount is not null
        and lines.period_start is not null and lines.period_end > lines.period_start
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
        {{ divide_money('cast(net_amount as decimal(18, 4)) * days_in_month', 'days_served', 2) }} as share_amount
    from shares
),

spread as (
    select
        *,
        case
            when is_last then net_amount - coalesce(sum(share_amount) over (partition by line_id order by month rows between unbounded preceding and 1 preceding), 0)
            else share_amount
        end as recognised_amount
    from rounded
),

by_month as (
    select account_id, currency, month, cast(sum(recognised_amount) as decimal(18, 4)) as recognised from spread group by all
),

billed as (
    select account_id, currency, date_trunc('month', first_day)::date as month, sum(net_amount) as billed from days group by all
),

spine as (
    select account_id, currency, month from by_month
    union
    select account_id, currency, month from billed
)

select
    spine.account_id,
    spine.currency,
    spine.month,
    cast(coalesce(billed.billed, 0) as decimal(18, 4)) as billed,
    cast(coalesce(by_month.recognised, 0) as decimal(18, 4)) as recognised,
    cast(
        sum(coalesce(billed.billed, 0) - coalesce(by_month.recognised, 0)) over (
            partition by spine.account_id, spine.currency order by spine.month
        ) as decimal(18, 4)
    ) as deferred_at_end
from spine
left join by_month using (account_id, currency, month)
left join billed using (account_id, currency, month)
