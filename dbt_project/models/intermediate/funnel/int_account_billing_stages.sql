-- When an account's net recurring revenue first rose above 0 (billed), fell to 0 (churned) and came back (reactivated).
with events as (
    select
        *,
        case when status = 'active' then annual_amount - discount_annual_amount else 0 end as net_amount,
        coalesce(lag(net_amount) over (partition by item_id, currency order by effective_at), 0) as net_before
    from {{ ref('fct_revenue_events') }}
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

numbered as (
    select *, row_number() over (partition by account_id, level > 0 order by effective_at) as place
    from crossings
    where (level > 0) <> (level_before > 0)
)

select
    account_id,
    case when level = 0 then 'churned' when place = 1 then 'billed' else 'reactivated' end as stage,
    effective_at as entered_at,
    source,
    instance,
    table_name,
    record_key,
    reason
from numbered
