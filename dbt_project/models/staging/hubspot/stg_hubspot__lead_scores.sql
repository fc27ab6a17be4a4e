-- HubSpot exports its score as it stands: the nights on which an export showed another one are its history.
with changes as (
    {{ changes_of(source('history_hubspot', 'contacts'), 'contact_id', 'lead_score') }}
),

emails as (
    select instance, record_key, email from {{ ref('stg_hubspot__people') }}
),

conformed as (
    select
        'hubspot' as source,
        changes.instance,
        'contacts' as table_name,
        changes.record_key || '|' || cast(cast(changes.seen_at as date) as varchar) as record_key,
        'contacts' as person_table,
        changes.record_key as person_key,
        emails.email,
        try_cast(changes.value as double) as score,
        changes.seen_at as scored_at,
        'snapshot' as evidence
    from changes
    left join emails on changes.instance = emails.instance and changes.record_key = emails.record_key
)

select * from conformed where score is not null
