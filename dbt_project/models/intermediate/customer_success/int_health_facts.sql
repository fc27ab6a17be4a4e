-- What the health of each paying account is judged by, as of the night.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

customers as (
    select revenue.account_id, revenue.mrr, revenue.customer_since
    from {{ ref('int_account_revenue') }} as revenue
    anti join {{ ref('int_internal_accounts') }} as internal on revenue.account_id = internal.account_id
    where revenue.mrr > 0
),

tickets as (
    select
        tickets.account_id,
        count(*) filter (where tickets.is_open) as open_tickets,
        count(*) filter (where tickets.created_at > night.built_as_of - interval 90 day) as tickets_90_days,
        count(*) filter (where not tickets.is_in_time and tickets.created_at > night.built_as_of - interval 90 day) as late_replies_90_days,
        count(*) filter (where tickets.csat = 'bad' and tickets.created_at > night.built_as_of - interval 90 day) as bad_ratings_90_days
    from {{ ref('fct_tickets') }} as tickets
    cross join night
    where not tickets.is_internal
    group by tickets.account_id
),

invoices as (
    select
        invoices.account_id,
        count(*) filter (
            where invoices.status not in ('paid', 'void', 'voided', 'draft') and invoices.due_at < night.built_as_of
                and invoices.total > coalesce(invoices.amount_paid, 0) + coalesce(invoices.amount_credited, 0)
        ) as overdue_invoices,
        count(*) filter (
            where invoices.paid_at > invoices.due_at + interval 5 day and invoices.paid_at > night.built_as_of - interval 180 day
        ) as late_payments_180_days
    from {{ ref('fct_invoices') }} as invoices
    cross join night
    group by invoices.account_id
),

tracked as (
    select count(*) > 0 as is_use_tracked from {{ ref('int_seat_use') }}
),

supported as (
    select count(*) > 0 as is_support_tracked from {{ ref('int_tickets') }}
)

select
    night.night as as_of,
    customers.account_id,
    customers.mrr,
    customers.customer_since,
    customers.customer_since <= night.night - interval 3 month as is_old_enough,
    tracked.is_use_tracked,
    date_diff('day', usage.last_used_on, night.night) as days_since_use,
    usage.seats_used / nullif(cast(paid.seats_paid as double), 0) as seat_rate,
    supported.is_support_tracked,
    coalesce(tickets.open_tickets, 0) as open_tickets,
    coalesce(tickets.tickets_90_days, 0) as tickets_90_days,
    coalesce(tickets.late_replies_90_days, 0) as late_replies_90_days,
    coalesce(tickets.bad_ratings_90_days, 0) as bad_ratings_90_days,
    coalesce(invoices.overdue_invoices, 0) as overdue_invoices,
    coalesce(invoices.late_payments_180_days, 0) as late_payments_180_days,
    touches.last_spoken_at,
    date_diff('day', {{ reporting_date('touches.last_spoken_at') }}, night.night) as days_since_spoken
from customers
cross join night
cross join tracked
cross join supported
left join {{ ref('int_seat_use') }} as usage on customers.account_id = usage.account_id
left join {{ ref('int_paid_seats') }} as paid on customers.account_id = paid.account_id
left join tickets on customers.account_id = tickets.account_id
left join invoices on customers.account_id = invoices.account_id
left join {{ ref('int_last_touches') }} as touches on customers.account_id = touches.account_id
