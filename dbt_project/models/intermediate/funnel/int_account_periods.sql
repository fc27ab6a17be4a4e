-- When an account paid: each span with recurring revenue above 0. A gap without a month's end in it is none, as in movements.
with night as (
    select night from {{ source('ops', 'night') }}
),

events as (
    select
        *,
        case when status = 'active' then annual_amount - discount_annual_amount else 0 end as net_amount,
        coalesce(lag(net_amount) over (partition by item_id, currency order by effective_at), 0) as net_before
    from {{ ref('fct_revenue_events') }}
    where account_id <> 'unassigned'
),

instants as (
    select
        account_id,
        effective_at,
        sum(net_amount - net_before) as change,
        arg_min(source, item_id) as source,
        arg_min(instance, item_id) as instance,
        arg_min(table_name, item_id) as table_name,
        arg_min(record_key, item_id) as record_key,
        arg_min(reason, item_id) as reason
    from events
    group by account_id, effective_at
),

levels as (
    select *, sum(change) over (partition by account_id order by effective_at) as level from instants
),

crossings as (
    select *, coalesce(lag(level) over (partition by account_id order by effective_at), 0) as level_before from levels
),

turns as (
    select *, lead(effective_at) over (partition by account_id order by effective_at) as next_at
    from crossings
    where (level > 0) <> (level_before > 0)
),

-- the first instant of the month after the end: had it not come back by then, the month closed at 0
counted as (
    select
        turns.*,
        level > 0 or (
            date_trunc('month', {{ reporting_date('effective_at') }}) + interval 1 month
            <= coalesce({{ reporting_date('next_at') }}, night.night + 1)
        ) as is_real
    from turns
    cross join night
),

spans as (
    select *, lag(level > 0) over (partition by account_id order by effective_at) as was_paying from counted where is_real
),

changes as (
    select *, row_number() over (partition by account_id, level > 0 order by effective_at) as place
    from spans
    where was_paying is distinct from (level > 0)
)

select
    account_id,
    level > 0 as is_paying,
    cast(place as integer) as place,
    effective_at as entered_at,
    lead(effective_at) over (partition by account_id order by effective_at) as until_at,
    source,
    instance,
    table_name,
    record_key,
    reason
from changes
