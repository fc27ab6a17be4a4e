-- An event's own address wins over that of the user's profile.
with users as (
    select * from {{ ref('stg_mixpanel__profiles') }}
),

conformed as (
    select
        records.source,
        records.instance,
        records.table_name,
        records.record_key,
        'profiles' as user_table,
        records.user_id as user_key,
        coalesce(records.email, users.email) as email,
        records.event,
        records.occurred_at
    from {{ ref('stg_mixpanel__events') }} as records
    left join users on records.instance = users.instance and records.user_id = users.user_id
)

select * from conformed
