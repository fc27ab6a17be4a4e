with records as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        name,
        'accounts' as company_table,
        account_id as company_key,
        'contacts' as person_table,
        contact_id as person_key,
        owner_id as owner_key,
        'default' as pipeline,
        stage,
        is_closed,
        is_won,
        amount,
        currency,
        probability,
        forecast_category,
        close_date as expected_close,
        term_months,
        case when opportunity_type ilike '%renewal%' then 'renewal' when opportunity_type ilike '%upsell%' or opportunity_type ilike '%upgrade%' or opportunity_type ilike 'existing%' then 'upsell' when opportunity_type is not null then 'new' end as deal_type,
        lost_reason,
        lead_source as source_channel,
        created_at,
        cast(close_date as timestamptz) as closed_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
