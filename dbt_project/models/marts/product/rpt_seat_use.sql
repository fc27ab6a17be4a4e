-- Seats used against seats paid, as of the night, of every account that has either.
with paid as (
    select account_id, seats_paid from {{ ref('int_paid_seats') }} where seats_paid > 0
),

used as (
    select account_id, seats_used, users_ever, last_used_on from {{ ref('int_seat_use') }}
    anti join {{ ref('int_internal_accounts') }} as internal using (account_id)
),

seats as (
    select
        coalesce(paid.account_id, used.account_id) as account_id,
        coalesce(paid.seats_paid, 0) as seats_paid,
        coalesce(used.seats_used, 0) as seats_used,
        coalesce(used.users_ever, 0) as users_ever,
        used.last_used_on
    from paid
    full join used on paid.account_id = used.account_id
)

select
    seats.account_id,
    accounts.name as account_name,
    accounts.owner_id,
    coalesce(accounts.segment, 'unknown') as segment,
    cast(seats.seats_paid as decimal(18, 4)) as seats_paid,
    seats.seats_used,
    seats.users_ever,
    seats.last_used_on,
    seats.seats_used / nullif(cast(seats.seats_paid as double), 0) as use_rate,
    case
        when seats.seats_paid = 0 and seats.seats_used > 0 then 'unpaid'
        when seats.seats_paid = 0 then 'gone'
        when seats.seats_used > seats.seats_paid then 'over'
        when seats.seats_used = 0 then 'unused'
        when seats.seats_used * 2 < seats.seats_paid then 'low'
        else 'good'
    end as state,
    cast(coalesce(revenue.mrr, 0) as decimal(18, 6)) as mrr
from seats
left join {{ ref('int_accounts') }} as accounts on seats.account_id = accounts.account_id
left join {{ ref('int_account_revenue') }} as revenue on seats.account_id = revenue.account_id
