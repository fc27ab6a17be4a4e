with source as (
    select * from {{ source('raw_chargebee', 'subscription_coupons') }}
),

of_records as (
    select
        'subscription_coupons' as table_name,
        _instance as instance,
        subscription_id,
        coupon_id,
        try_cast(apply_till as timestamptz) as ends_at
    from source
),

-- the import-friendly export has them on the subscription itself, as `coupon_ids[0]`, `coupon_ids[1]`, …
of_columns as (
    select distinct table_name, instance, subscription_id, entry.value as coupon_id, cast(null as timestamptz) as ends_at
    from (
        select table_name, instance, subscription_id, unnest(from_json(cast(coupon_ids as json), '[{"key": "VARCHAR", "value": "VARCHAR"}]')) as entry
        from {{ ref('stg_chargebee__subscriptions_records') }}
        where coupon_ids is not null
    )
    where entry.value <> ''
),

discounts as (
    select * from of_records
    union all
    select * from of_columns
),

conformed as (
    select
        'chargebee' as source,
        instance,
        table_name,
        subscription_id || '|' || coupon_id as record_key,
        subscription_id as subscription_key,
        coupon_id as coupon_key,
        ends_at
    from discounts
)

select * from conformed
