-- What each owner is to win in each month, in the reporting currency: at the rate of the month's first day, or of the night.
with quotas as (
    select
        *,
        coalesce(currency, '{{ var("reporting_currency") }}') as stated_currency,
        least(period_start, night.night) as rate_on
    from {{ ref('int_company__quotas') }}
    cross join {{ source('ops', 'night') }} as night
),

owners as (
    select distinct human, owner_id from {{ ref('int_owner_ids') }}
)

select
    owners.owner_id,
    quotas.period_start as month,
    max(quotas.territory) as territory,
    cast(sum({{ convert_money('quotas.quota', 'rates.rate') }}) as decimal(18, 6)) as quota
from quotas
inner join owners on quotas.owner_email = owners.human
left join {{ ref('int_exchange_rates') }} as rates
    on quotas.stated_currency = rates.currency and quotas.rate_on = rates.rate_date
group by owners.owner_id, quotas.period_start
