with records as (
    select * from {{ ref('stg_posthog__events') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'events' as user_table,
        user_id as user_key,
        email,
        account_id as account_key,
        event,
        occurred_at
    from records
)

select * from conformed
