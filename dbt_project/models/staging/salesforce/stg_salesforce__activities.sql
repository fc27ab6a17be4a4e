with records as (
    select * from {{ ref('stg_salesforce__tasks') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        lower(coalesce(subtype, 'task')) as kind,
        case when who_id like '00Q%' then 'leads' else 'contacts' end as person_table,
        who_id as person_key,
        'accounts' as company_table,
        account_id as company_key,
        case when what_id like '006%' then what_id end as deal_key,
        owner_id as owner_key,
        coalesce(activity_date, created_at) as occurred_at,
        status as outcome,
        false as is_automatic
    from records
)

select * from conformed
