-- Open deals as of the night, by owner, stage, forecast category and the month they should close.
with open_deals as (
    select deals.*, night.night
    from {{ ref('fct_deals') }} as deals
    cross join {{ source('ops', 'night') }} as night
    where not deals.is_closed
)

select
    owner_id,
    pipeline,
    stage,
    forecast_category,
    cast(date_trunc('month', expected_close) as date) as close_month,
    count(*) as deals,
    count(*) filter (where expected_close < night) as past_close_deals,
    cast(coalesce(sum(amount_reporting), 0) as decimal(18, 6)) as amount_reporting
from open_deals
group by all
