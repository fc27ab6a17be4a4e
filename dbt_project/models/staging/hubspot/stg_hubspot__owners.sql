with records as (
    select * from {{ ref('stg_hubspot__owners_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        email,
        trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as full_name,
        team,
        not coalesce(is_archived, false) as is_active
    from records
)

select * from conformed
