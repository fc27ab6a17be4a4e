with records as (
    select * from {{ ref('stg_salesforce__users') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        email,
        coalesce(name, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) as full_name,
        department as team,
        manager_id as manager_key,
        is_active
    from records
)

select * from conformed
