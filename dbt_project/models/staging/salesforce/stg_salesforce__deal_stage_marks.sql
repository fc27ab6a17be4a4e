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
)

select * from conformed
