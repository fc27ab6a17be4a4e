-- The product stands where a pipeline does; the price list writes `GTX Pro`, the pipeline `GTXPro`.
select
    'maven' as source, _instance as instance, 'pipeline' as table_name, opportunity_id as record_key, 'accounts' as company_table,
    account as company_key, sales_agent as owner_key, replace(product, 'GTXPro', 'GTX Pro') as pipeline, deal_stage as stage,
    deal_stage in ('Won', 'Lost') as is_closed, deal_stage = 'Won' as is_won, try_cast(close_value as decimal(18, 4)) as amount,
    'new' as deal_type, try_cast(engage_date as timestamptz) as created_at, try_cast(close_date as timestamptz) as closed_at,
    false as is_deleted
from {{ source('raw_maven', 'pipeline') }}
