-- A form filled in, an e-mail opened or clicked; other events (tags, bounces, unsubscribes) touch nobody.
with events as (
    select
        *,
        case lower(replace(replace(event_type, '_', ''), '.', ''))
            when 'formsubmitted' then 'form_submit'
            when 'formsubmit' then 'form_submit'
            when 'emailclicked' then 'email_click'
            when 'emailclick' then 'email_click'
            when 'emailopened' then 'email_open'
            when 'emailopen' then 'email_open'
        end as kind
    from {{ ref('stg_encharge__events') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'people' as person_table,
        person_id as person_key,
        email,
        occurred_at as touched_at,
        kind,
        utm_medium as channel,
        utm_campaign as campaign_key,
        utm_source,
        utm_medium,
        utm_campaign,
        url
    from events
    where kind is not null
)

select * from conformed
