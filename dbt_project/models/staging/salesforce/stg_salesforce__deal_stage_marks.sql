with records as (
    select * from {{ ref('stg_salesforce__opportunity_history') }}
),

conformed as (
    select
        source,
        instance,
        table_name,
        record_key,
        'opportunities' as deal_table,
        opportunity_id as deal_key,
        stage,
        created_at as entered_at,
        'observed' as evidence,
        'OpportunityHistory.StageName' as field
    from records
    where stage is not null
),

field_history as (
    select
        source,
        instance,
        table_name,
        record_key,
        'opportunities' as deal_table,
        opportunity_id as deal_key,
        new_value as stage,
        created_at as entered_at,
        'observed' as evidence,
        'OpportunityFieldHistory.StageName' as field
    from {{ ref('stg_salesforce__opportunity_field_history') }}
    where lower(field) = 'stagename' and new_value <> ''
)

select * from conformed
union all
select * from field_history
