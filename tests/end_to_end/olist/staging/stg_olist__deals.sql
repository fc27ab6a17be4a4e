with source as (
    select * from {{ source('raw_olist', 'closed_deals') }}
),

renamed as (
    select
        'olist' as source,
        _instance as instance,
        'closed_deals' as table_name,
        mql_id as record_key,
        'qualified_leads' as person_table,
        mql_id as person_key,
        sr_id as owner_key,
        'won' as stage,
        true as is_closed,
        true as is_won,
        try_cast(won_date as timestamptz) as created_at,
        try_cast(won_date as timestamptz) as closed_at,
        false as is_deleted
    from source
)

select * from renamed
