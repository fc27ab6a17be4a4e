-- Customers that two legal entities share, and what is at odds between them.
with customers as (
    select * from {{ ref('int_entity_customers') }}
),

prices as (
    select * from {{ ref('int_entity_prices') }}
),

night as (
    select night from {{ source('ops', 'night') }}
),

pairs as (
    select
        one.account_id,
        one.legal_entity,
        other.legal_entity as other_entity,
        one.owner_id,
        other.owner_id as other_owner_id,
        one.mrr,
        other.mrr as other_mrr,
        concat_ws(' and ', case when one.is_in_crm then 'CRM' end, case when one.is_in_billing then 'billing' end) as role,
        concat_ws(' and ', case when other.is_in_crm then 'CRM' end, case when other.is_in_billing then 'billing' end) as other_role
    from customers as one
    inner join customers as other on one.account_id = other.account_id and one.legal_entity < other.legal_entity
),

price_pairs as (
    select
        pairs.*,
        one.product,
        one.currency,
        one.billed_every,
        one.annual_price,
        other.annual_price as other_annual_price,
        cast(abs(one.annual_price - other.annual_price) * least(one.quantity, other.quantity) as decimal(18, 4)) as annual_gap
    from pairs
    inner join prices as one on pairs.account_id = one.account_id and pairs.legal_entity = one.legal_entity
    inner join prices as other
        on pairs.account_id = other.account_id and pairs.other_entity = other.legal_entity
        and one.product = other.product and one.currency = other.currency and one.billed_every = other.billed_every
    where one.annual_price <> other.annual_price
),

found as (
    select account_id, legal_entity, other_entity, 'shared' as overlap, '' as detail, role as says, other_role as other_says, mrr, other_mrr, 0 as at_stake
    from pairs
    union all
    select account_id, legal_entity, other_entity, 'double_billed', '', cast(mrr as varchar), cast(other_mrr as varchar), mrr, other_mrr, least(mrr, other_mrr)
    from pairs
    where mrr > 0 and other_mrr > 0
    union all
    select account_id, legal_entity, other_entity, 'conflicting_owners', '', owner_id, other_owner_id, mrr, other_mrr, mrr + other_mrr
    from pairs
    where owner_id <> other_owner_id
    union all
    select
        account_id, legal_entity, other_entity, 'conflicting_prices', product || ' in ' || price_pairs.currency || ' every ' || billed_every,
        cast(annual_price as varchar), cast(other_annual_price as varchar), mrr, other_mrr,
        {{ convert_money(divide_money('annual_gap', '12', 6), 'rates.rate') }}
    from price_pairs
    cross join night
    left join {{ ref('int_exchange_rates') }} as rates on price_pairs.currency = rates.currency and night.night = rates.rate_date
)

select
    account_id,
    legal_entity,
    other_entity as other_legal_entity,
    overlap,
    detail,
    says,
    other_says,
    mrr,
    other_mrr,
    cast(at_stake as decimal(18, 6)) as monthly_at_stake,
    '{{ var("reporting_currency") }}' as currency
from found
