with records as (
    select * from {{ ref('stg_encharge__people_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        email,
        coalesce(name, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) as full_name,
        first_name,
        last_name,
        phone,
        country,
        lead_score,
        utm_source as source_channel,
        case when unsubscribed then 'unsubscribed' end as consent_status,
        created_at,
        updated_at,
        false as is_deleted
    from records
)

select * from conformed
