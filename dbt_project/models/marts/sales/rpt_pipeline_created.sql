select
    cast(date_trunc('month', {{ reporting_date('created_at') }}) as date) as month,
    owner_id,
    coalesce(source_channel, 'unknown') as source_channel,
    deal_type,
    count(*) as deals,
    cast(coalesce(sum(amount_reporting), 0) as decimal(18, 6)) as amount_reporting
from {{ ref('fct_deals') }}
where created_at is not null
group by all
