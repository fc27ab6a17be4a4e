-- ActivityDate has no time of day: a task was done when it was completed, else when it was logged if on that day.
with records as (
    select * from {{ ref('stg_salesforce__tasks') }} where not coalesce(is_deleted, false)
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
        coalesce(
            completed_at,
            case when cast(activity_date as date) = cast(created_at as date) then created_at end,
            activity_date,
            created_at
        ) as occurred_at,
        lower(call_type) as direction,
        status as outcome,
        lower(coalesce(subtype, '')) in ('listemail', 'cadence') or {{ is_automatic('subject') }} as is_automatic,
        coalesce(lower(status) not in ('not started', 'in progress', 'waiting on someone else', 'deferred'), true) as is_done
    from records
)

select * from conformed
