-- Encharge keeps no history of its score: the nights on which an export showed another one are its history.
with history as (
    select * from {{ source('history_encharge', 'people') }} where _change <> 'gone'
),

scores as (
    select
        _instance as instance, person_id, email, _night, updated_at,
        try_cast(lead_score as double) as score,
        lag(try_cast(lead_score as double)) over (partition by _instance, person_id order by _night) as score_before
    from history
),

conformed as (
    select
        'encharge' as source,
        instance,
        'people' as table_name,
        person_id || '|' || _night as record_key,
        'people' as person_table,
        person_id as person_key,
        email,
        score,
        cast(_night as timestamptz) as scored_at,
        'snapshot' as evidence
    from scores
    where score is distinct from score_before
)

select * from conformed where score is not null
