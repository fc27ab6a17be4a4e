with deals as (
    select * from {{ ref('int_deals') }} where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

night as (
    select night from {{ source('ops', 'night') }}
),

-- a deal without a currency states its amount in the reporting currency
stated as (
    select
        deals.*,
        coalesce(deals.currency, '{{ var("reporting_currency") }}') as stated_currency,
        least(case when deals.is_closed then {{ reporting_date('deals.closed_at') }} end, night.night) as rate_on
    from deals
    cross join night
),

annual as (
    select
        stated.*,
        {{ annual_value('stated.amount', 'stated.pipeline', 'stated.term_months') }} as annual_value
    from stated
),

deals_with_account as (
    select
        annual.source || ':' || annual.instance || ':' || annual.record_key as deal_id,
        coalesce(by_company.account_id, by_person.account_id) as account_id,
        owners.owner_id,
        annual.source,
        annual.instance,
        annual.table_name,
        annual.record_key,
        annual.name,
        annual.pipeline,
        annual.stage,
        coalesce(annual.is_closed, false) as is_closed,
        coalesce(annual.is_won, false) as is_won,
        annual.amount,
        annual.currency,
        {{ convert_money('annual.amount', 'rates.rate') }} as amount_reporting,
        annual.annual_value,
        annual.probability,
        annual.forecast_category,
        annual.expected_close,
        annual.term_months,
        coalesce(annual.deal_type, 'new') as deal_type,
        annual.lost_reason,
        annual.competitor,
        annual.source_channel,
        annual.created_at,
        annual.closed_at
    from annual
    left join accounts as by_company
        on annual.source = by_company.source and annual.instance = by_company.instance
        and annual.company_table = by_company.table_name and annual.company_key = by_company.record_key
    left join accounts as by_person
        on annual.source = by_person.source and annual.instance = by_person.instance
        and annual.person_table = by_person.table_name and annual.person_key = by_person.record_key
    left join {{ ref('int_owner_ids') }} as owners
        on annual.source = owners.source and annual.instance = owners.instance and annual.owner_key = owners.owner_key
    left join rates
        on annual.stated_currency = rates.currency and annual.rate_on = rates.rate_date
)

select * from deals_with_account
