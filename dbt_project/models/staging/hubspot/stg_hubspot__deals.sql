with records as (
    select * from {{ ref('stg_hubspot__deals_records') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        name,
        'companies' as company_table,
        split_part(company_id, ';', 1) as company_key,
        'contacts' as person_table,
        split_part(contact_ids, ';', 1) as person_key,
        owner_name as owner_key,
        pipeline,
        stage,
        is_closed,
        is_closed_won as is_won,
        amount,
        coalesce(currency, company_currency) as currency,
        probability,
        forecast_category,
        cast(close_date as date) as expected_close,
        term_months,
        case lower(deal_type) when 'newbusiness' then 'new' when 'new business' then 'new' when 'renewal' then 'renewal' when 'existingbusiness' then 'upsell' when 'existing business' then 'upsell' end as deal_type,
        lost_reason,
        source_channel,
        created_at,
        close_date as closed_at,
        updated_at,
        coalesce(is_deleted, false) as is_deleted
    from records
)

select * from conformed
