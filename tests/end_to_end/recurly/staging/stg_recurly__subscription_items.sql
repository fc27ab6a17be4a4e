with plans as (
    select
        subscription_id, _instance, 'plan' as item_key, plan_id, currency,
        try_cast(quantity as decimal(18, 4)) as quantity,
        try_cast(unit_amount as decimal(18, 4)) as unit_amount
    from {{ source('raw_recurly', 'subscriptions') }}
),

add_ons as (
    select
        subscription_id, _instance, 'add_ons' as item_key, plan_id, currency, 1 as quantity,
        try_cast(add_ons_total as decimal(18, 4)) as unit_amount
    from {{ source('raw_recurly', 'subscriptions') }}
    where try_cast(add_ons_total as decimal(18, 4)) > 0
),

items as (
    select * from plans
    union all
    select * from add_ons
)

-- the interval is the plan's
select
    'recurly' as source,
    _instance as instance,
    'subscriptions' as table_name,
    subscription_id as record_key,
    subscription_id as subscription_key,
    item_key,
    plan_id as price_key,
    currency,
    quantity,
    unit_amount,
    cast(null as boolean) as is_recurring
from items
