-- What was known of each deal's amount and expected closing, and from which day. Before its first night the first is taken.
with deals as (
    select
        deals.*,
        {{ reporting_date('deals.created_at') }} as created_on,
        case when deals.is_closed then {{ reporting_date('deals.closed_at') }} end as closed_on,
        coalesce(deals.currency, '{{ var("reporting_currency") }}') as stated_currency
    from {{ ref('fct_deals') }} as deals
    where deals.created_at is not null and (not deals.is_closed or deals.closed_at is not null)
),

night as (
    select night from {{ source('ops', 'night') }}
),

seen as (
    select
        deals.deal_id, versions.amount, versions.expected_close, versions.seen_at, {{ reporting_date('versions.seen_at') }} as known_on
    from {{ ref('int_deal_versions') }} as versions
    inner join deals
        on versions.source = deals.source and versions.instance = deals.instance
        and versions.deal_table = deals.table_name and versions.deal_key = deals.record_key
    -- of several changes in one day the last is what the day left
    qualify row_number() over (
        partition by deals.deal_id, {{ reporting_date('versions.seen_at') }}
        order by versions.seen_at desc nulls last, versions.record_key desc nulls last
    ) = 1
),

-- a tool whose exports are not compared from night to night has only what it says now
known as (
    select deal_id, amount, expected_close, known_on from seen
    union all
    select deals.deal_id, deals.amount, deals.expected_close, deals.created_on
    from deals
    anti join seen on deals.deal_id = seen.deal_id
),

placed as (
    select *, row_number() over (partition by deal_id order by known_on nulls last) as place from known
)

select
    deals.deal_id,
    deals.owner_id,
    deals.pipeline,
    deals.deal_type,
    deals.is_won,
    deals.created_on,
    deals.closed_on,
    case when placed.place = 1 then least(placed.known_on, deals.created_on) else placed.known_on end as known_on,
    {{ convert_money('coalesce(placed.amount, 0)', 'rates.rate') }} as amount_reporting,
    placed.expected_close
from placed
inner join deals on placed.deal_id = deals.deal_id
cross join night
left join {{ ref('int_exchange_rates') }} as rates
    on deals.stated_currency = rates.currency and least(coalesce(deals.closed_on, night.night), night.night) = rates.rate_date
