-- What the CRM says is sold, per account, as of the night: the last new or renewal deal won, and upsells since it.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

won as (
    select deals.*
    from {{ ref('fct_deals') }} as deals
    cross join night
    where deals.is_won and deals.account_id is not null and deals.closed_at <= night.built_as_of
),

base_deals as (
    select * from won where deal_type in ('new', 'renewal')
    qualify row_number() over (partition by account_id order by closed_at desc, deal_id desc) = 1
),

in_force as (
    select base_deals.* from base_deals
    union all
    select won.* from won
    inner join base_deals on won.account_id = base_deals.account_id and won.closed_at >= base_deals.closed_at
    where won.deal_type not in ('new', 'renewal')
),

lost_renewals as (
    select account_id, max(closed_at) as lost_at
    from {{ ref('fct_deals') }}
    where is_closed and not is_won and deal_type = 'renewal'
    group by account_id
)

select
    in_force.account_id,
    arg_max(in_force.deal_id, (in_force.closed_at, in_force.deal_id)) as deal_id,
    any_value(base_deals.currency) as currency,
    cast(sum(in_force.annual_value) as decimal(18, 4)) as booked,
    any_value(base_deals.amount) as amount,
    any_value(base_deals.term_months) as term_months,
    any_value(base_deals.closed_at) as closed_at,
    any_value(base_deals.deal_type) = 'new' as is_first_contract,
    coalesce(any_value({{ reporting_date('base_deals.closed_at') }} + to_months(base_deals.term_months)) <= any_value(night.night), false) as is_past_term,
    coalesce(any_value(lost_renewals.lost_at > base_deals.closed_at), false) as is_cancelled,
    string_agg(in_force.source || ':' || in_force.instance || ':' || in_force.table_name || ':' || in_force.record_key, ', ' order by in_force.deal_id) as evidence
from in_force
inner join base_deals on in_force.account_id = base_deals.account_id
cross join night
left join lost_renewals on in_force.account_id = lost_renewals.account_id
group by in_force.account_id
