-- The e-mail is that of the user's last identify call.
with users as (
    select * from {{ ref('stg_segment__identifies') }}
),

conformed as (
    select
        tracks.source,
        tracks.instance,
        tracks.table_name,
        tracks.record_key,
        'identifies' as user_table,
        tracks.user_id as user_key,
        users.email,
        coalesce(tracks.account_id, users.account_id) as account_key,
        tracks.event,
        tracks.occurred_at
    from {{ ref('stg_segment__tracks') }} as tracks
    left join users on tracks.instance = users.instance and tracks.user_id = users.user_id
)

select * from conformed
