with source as (
    select * from {{ source('raw_stripe', 'refunds') }}
),

typed as (
    select
        'stripe' as source,
        _instance as instance,
        'refunds' as table_name,
        refund_id as record_key,
        refund_id,
        charge_id,
        status,
        reason,
        currency,
        try_cast(amount as decimal(18, 4)) as amount,
        try_cast(created_at as timestamptz) as created_at
    from source
)

select * from typed
