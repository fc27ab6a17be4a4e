with levels as (
    select * from {{ ref('int_item_levels') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions') }}
),

accounts as (
    select * from {{ ref('xref_accounts') }}
),

events as (
    select
        coalesce(accounts.account_id, 'unassigned') as account_id,
        levels.source || ':' || levels.instance || ':' || levels.subscription_key as subscription_id,
        levels.source || ':' || levels.instance || ':' || levels.subscription_key || ':' || levels.item_key as item_id,
        levels.effective_at,
        levels.currency,
        cast(levels.annual_amount as decimal(18, 4)) as annual_amount,
        cast(levels.discount_annual_amount as decimal(18, 4)) as discount_annual_amount,
        levels.status,
        case
            when levels.status not in ('active', 'metered', 'ended') then levels.status
            when levels.annual_before = 0 then 'started'
            when levels.annual_amount = 0 then coalesce(subscriptions.cancel_reason, 'ended')
            when levels.status_before not in ('active', 'metered', 'ended') then 'resumed'
            when levels.annual_amount <> levels.annual_before then 'price_or_quantity'
            else 'discount'
        end as reason,
        coalesce(levels.basis, 'observed') as basis,
        levels.source,
        levels.instance,
        coalesce(levels.table_name, 'subscriptions') as table_name,
        coalesce(levels.record_key, levels.subscription_key) as record_key
    from levels
    left join subscriptions
        on levels.source = subscriptions.source
        and levels.instance = subscriptions.instance
        and levels.subscription_key = subscriptions.record_key
    left join accounts
        on subscriptions.source = accounts.source
        and subscriptions.instance = accounts.instance
        and subscriptions.customer_table = accounts.table_name
        and subscriptions.customer_key = accounts.record_key
)

select * from events
