with records as (
    select * from {{ ref('stg_chargebee__subscription_items_records') }}
),

-- the import-friendly export has the plan on the subscription, and its period only as the current term
exported as (
    select *, date_diff('month', current_term_start, current_term_end) as term_months
    from {{ ref('stg_chargebee__subscriptions_records') }}
    where plan_unit_price is not null
        and (source, instance, subscription_id) not in (select (source, instance, subscription_id) from records)
),

items as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key, item_price_id as price_key,
        item_price_id as product_key, currency, quantity, unit_price as unit_amount, amount,
        billing_period_unit as interval_unit, billing_period as interval_count,
        coalesce(item_type, 'plan') <> 'charge' as is_recurring
    from records
),

plans as (
    select
        source, instance, table_name, record_key, subscription_id as subscription_key, plan_id as price_key,
        plan_id as product_key, currency, coalesce(plan_quantity, 1) as quantity, plan_unit_price as unit_amount,
        cast(cast(coalesce(plan_quantity, 1) as decimal(19, 4)) * cast(plan_unit_price as decimal(19, 4)) as decimal(18, 4)) as amount,
        coalesce(billing_period_unit, case when term_months % 12 = 0 then 'year' else 'month' end) as interval_unit,
        coalesce(billing_period, case when term_months % 12 = 0 then term_months // 12 else term_months end) as interval_count,
        true as is_recurring
    from exported
    where billing_period is not null or term_months > 0
)

select * from items
union all
select * from plans
