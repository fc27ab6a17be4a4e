-- Which span each subscription item covers, at which annual amount: from the lines that were billed.
with subscriptions as (
    select * from {{ ref('int_subscriptions') }}
),

prices as (
    select * from {{ ref('int_prices') }}
),

invoices as (
    select * from {{ ref('int_invoices') }} where status not in ('draft', 'void')
),

recurring_lines as (
    select
        lines.source,
        lines.instance,
        lines.table_name,
        lines.record_key,
        lines.subscription_key,
        coalesce(lines.item_key, lines.price_key, 'item') as item_key,
        lines.currency,
        lines.amount,
        lines.discount_amount,
        lines.is_proration,
        lines.period_start,
        lines.period_end,
        coalesce(lines.interval_unit, prices.interval_unit, case
            when date_diff('day', lines.period_start, lines.period_end) >= 360 then 'year' else 'month'
        end) as interval_unit,
        coalesce(lines.interval_count, prices.interval_count, 1) as interval_count,
        coalesce(prices.usage_type = 'metered', false) as is_metered,
        cast(
            cast(coalesce(lines.quantity, 1) as decimal(19, 4)) * cast(coalesce(lines.unit_amount, prices.unit_amount) as decimal(19, 4))
            as decimal(18, 4)
        ) as list_amount
    from {{ ref('int_invoice_lines') }} as lines
    inner join invoices
        on lines.source = invoices.source and lines.instance = invoices.instance and lines.invoice_key = invoices.record_key
    left join prices
        on lines.source = prices.source and lines.instance = prices.instance and lines.price_key = prices.record_key
    where lines.is_recurring and lines.subscription_key is not null and lines.period_end > lines.period_start
),

charges as (
    select
        *,
        case
            when amount = 0 and discount_amount = 0 then cast(0 as decimal(18, 4))
            else coalesce(list_amount, amount)
        end as full_amount
    from recurring_lines
    where amount >= 0
),

credits as (
    select source, instance, subscription_key, item_key, period_start as credited_from
    from recurring_lines
    where amount < 0
),

priced as (
    select
        *,
        {{ annualise('full_amount', 'interval_unit', 'interval_count') }} as annual_amount,
        coalesce({{ annualise(divide_money('cast(full_amount as decimal(19, 4)) * cast(discount_amount as decimal(19, 4))', 'amount', 4), 'interval_unit', 'interval_count') }}, 0)
            as discount_annual_amount,
        lead(period_start) over (
            partition by source, instance, subscription_key, item_key order by period_start, record_key
        ) as superseded_at,
        max(period_end) over (partition by source, instance, subscription_key) as last_covered
    from charges
),

ended as (
    select
        priced.*,
        subscriptions.status,
        subscriptions.ended_at,
        min(credits.credited_from) as credited_from
    from priced
    left join subscriptions
        on priced.source = subscriptions.source
        and priced.instance = subscriptions.instance
        and priced.subscription_key = subscriptions.record_key
    left join credits
        on priced.source = credits.source
        and priced.instance = credits.instance
        and priced.subscription_key = credits.subscription_key
        and priced.item_key = credits.item_key
        and credits.credited_from >= priced.period_start
        and credits.credited_from < priced.period_end
        and (not priced.is_proration or credits.credited_from > priced.period_start)
    group by all
),

billed as (
    select
        source, instance, table_name, record_key, subscription_key, item_key, currency, is_metered, annual_amount,
        discount_annual_amount,
        period_start as covered_from,
        nullif(
            least(
                case
                    when status = 'active' and period_end = last_covered and superseded_at is null and credited_from is null
                        then timestamptz '9999-12-31'
                    else period_end
                end,
                coalesce(superseded_at, timestamptz '9999-12-31'),
                coalesce(credited_from, timestamptz '9999-12-31'),
                coalesce(ended_at, timestamptz '9999-12-31')
            ),
            timestamptz '9999-12-31'
        ) as covered_to,
        'observed' as basis
    from ended
),

without_lines as (
    select
        items.source, items.instance, items.table_name, items.record_key, items.subscription_key,
        coalesce(items.product_key, items.record_key) as item_key,
        coalesce(items.currency, subscriptions.currency) as currency,
        coalesce(items.usage_type = 'metered', false) as is_metered,
        {{ annualise('coalesce(items.amount, cast(items.quantity as decimal(19, 4)) * cast(items.unit_amount as decimal(19, 4)))', 'items.interval_unit', 'items.interval_count') }}
            as annual_amount,
        cast(coalesce(items.discount_amount, 0) as decimal(18, 4)) as discount_annual_amount,
        coalesce(subscriptions.trial_end, subscriptions.started_at, subscriptions.created_at) as covered_from,
        coalesce(
            subscriptions.ended_at, case when subscriptions.status = 'non_renewing' then subscriptions.current_term_end end
        ) as covered_to,
        'inferred' as basis
    from {{ ref('int_subscription_items') }} as items
    inner join subscriptions
        on items.source = subscriptions.source
        and items.instance = subscriptions.instance
        and items.subscription_key = subscriptions.record_key
    anti join charges
        on items.source = charges.source
        and items.instance = charges.instance
        and items.subscription_key = charges.subscription_key
    where items.is_recurring
        and subscriptions.status in ('active', 'non_renewing', 'past_due', 'cancelled', 'unpaid')
        and not coalesce(subscriptions.is_deleted, false)
)

select * from billed where covered_to is null or covered_to > covered_from
union all
select * from without_lines where covered_to is null or covered_to > covered_from
