-- Every key by which a tool's records name a product or a price, with the one product behind it; products of two tools with
-- one name are one. A price that another instance of the tool knows is that one.
with prices as (
    select
        source, instance, record_key as price_key, product_key,
        coalesce(nullif(trim(product_name), ''), product_key, record_key) as product_name
    from {{ ref('int_prices') }}
),

sold as (
    select source, instance, price_key as key from {{ ref('int_subscription_items') }} where price_key is not null
    union
    select source, instance, product_key from {{ ref('int_subscription_items') }} where product_key is not null
    union
    select source, instance, product_key from {{ ref('int_deal_lines') }} where product_key is not null
    union
    select source, instance, product_name from {{ ref('int_deal_lines') }} where product_key is null and product_name is not null
),

known as (
    select source, instance, price_key as key, product_name from prices
    union all
    select source, instance, product_key, product_name from prices where product_key is not null
    union all
    select source, instance, product_key, product_name from {{ ref('int_deal_lines') }} where product_key is not null and product_name is not null
),

own as (
    select source, instance, key, min(product_name) as product_name from known group by source, instance, key
),

of_the_tool as (
    select source, key, min(product_name) as product_name from known group by source, key
),

keys as (
    select sold.source, sold.instance, sold.key, coalesce(own.product_name, of_the_tool.product_name, sold.key) as product_name
    from sold
    left join own using (source, instance, key)
    left join of_the_tool using (source, key)
    union
    select source, instance, key, product_name from own
)

select source, instance, key, product_name, 'prd_' || left(md5(lower(trim(product_name))), 16) as product_id from keys
