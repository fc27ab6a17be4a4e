select
    'zuora' as source,
    _instance as instance,
    'invoice_items' as table_name,
    item_id as record_key,
    invoice_id as invoice_key,
    subscription_id as subscription_key,
    charge_id as item_key,
    charge_id as price_key,
    charge_name as description,
    currency,
    try_cast(quantity as decimal(18, 4)) as quantity,
    try_cast(unit_price as decimal(18, 4)) as unit_amount,
    try_cast(amount as decimal(18, 4)) as amount,
    try_cast(tax as decimal(18, 4)) as tax_amount,
    try_cast(service_from as timestamptz) as period_start,
    -- Zuora names the last day of service
    try_cast(service_to as timestamptz) + interval 1 day as period_end,
    case when unit_of_measure is not null then 'metered' end as usage_type,
    false as is_proration,
    true as is_recurring
from {{ source('raw_zuora', 'invoice_items') }}
