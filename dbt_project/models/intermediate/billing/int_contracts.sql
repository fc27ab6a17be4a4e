-- What the CRM says is sold, per account and currency, as of the night: the last new or renewal deal won, and upsells since.
with night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

won as (
    select deals.*
    from {{ ref('fct_deals') }} as deals
    cross join night
    where deals.is_won and deals.account_id is not null and deals.closed_at <= night.built_as_of
        and {{ deal_amount_basis('deals.pipeline') }} <> 'one_off'
),

base_deals as (
    select * from won where deal_type in ('new', 'renewal')
    qualify row_number() over (partition by account_id order by closed_at desc, deal_id desc) = 1
),

lost_renewals as (
    select account_id, max(closed_at) as lost_at
    from {{ ref('fct_deals') }}
    where is_closed and not is_won and deal_type = 'renewal'
    group by account_id
),

in_force as (
    select
        won.*,
        base_deals.deal_id as base_deal_id,
        base_deals.closed_at as base_closed_at,
        base_deals.deal_type = 'new' as is_first_contract,
        coalesce(cast({{ reporting_date('base_deals.closed_at') }} + to_months(base_deals.term_months) as date) <= night.night, false) as is_past_term,
        coalesce(lost_renewals.lost_at > base_deals.closed_at, false) as is_cancelled,
        date_diff('day', {{ reporting_date('won.closed_at') }}, night.night) as days_since_won
    from won
    cross join night
    inner join base_deals on won.account_id = base_deals.account_id
    left join lost_renewals on won.account_id = lost_renewals.account_id
    where won.deal_id = base_deals.deal_id
        or (won.closed_at >= base_deals.closed_at and won.deal_type not in ('new', 'renewal'))
)

select
    account_id,
    -- a deal without a currency states its amount in the reporting currency
    coalesce(currency, '{{ var("reporting_currency") }}') as currency,
    arg_min(deal_id, (deal_id <> base_deal_id, closed_at, deal_id)) as deal_id,
    cast(sum(coalesce(annual_value, 0)) as decimal(18, 4)) as booked,
    cast(sum(coalesce(annual_value, 0)) filter (where days_since_won < {{ var('won_not_billed_days') }} and deal_id <> base_deal_id) as decimal(18, 4)) as booked_lately,
    count(*) as deals,
    arg_min(amount, (deal_id <> base_deal_id, closed_at, deal_id)) as amount,
    arg_min(term_months, (deal_id <> base_deal_id, closed_at, deal_id)) as term_months,
    min(base_closed_at) as closed_at,
    max(days_since_won) as days_since_won,
    bool_or(is_first_contract) as is_first_contract,
    bool_or(is_past_term) as is_past_term,
    bool_or(is_cancelled) as is_cancelled,
    string_agg(source || ':' || instance || ':' || table_name || ':' || record_key, ', ' order by deal_id <> base_deal_id, deal_id) as evidence
from in_force
group by account_id, coalesce(currency, '{{ var("reporting_currency") }}')
