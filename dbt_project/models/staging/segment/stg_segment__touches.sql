-- The e-mail is that of the user's last identify call.
with users as (
    select * from {{ ref('stg_segment__identifies') }}
),

conformed as (
    select
        pages.source,
        pages.instance,
        pages.table_name,
        pages.record_key,
        'identifies' as person_table,
        pages.user_id as person_key,
        users.email,
        pages.viewed_at as touched_at,
        'page_view' as kind,
        pages.utm_medium as channel,
        pages.utm_campaign as campaign_key,
        pages.utm_source,
        pages.utm_medium,
        pages.utm_campaign,
        pages.url
    from {{ ref('stg_segment__pages') }} as pages
    left join users on pages.instance = users.instance and pages.user_id = users.user_id
)

select * from conformed
