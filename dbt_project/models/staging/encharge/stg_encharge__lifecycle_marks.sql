-- Encharge keeps no days of its tags: the night on which an export first showed one is its day.
with history as (
    select _instance as instance, person_id, _night, tags
    from {{ source('history_encharge', 'people') }}
    where _change <> 'gone' and tags <> ''
),

tags as (
    select instance, person_id, _night, trim(unnest(string_split_regex(regexp_replace(tags, '[]["]', '', 'g'), '[,;]'))) as tag
    from history
),

first_seen as (
    select instance, person_id, tag, min(_night) as night from tags where tag <> '' group by instance, person_id, tag
)

select
    'encharge' as source,
    instance,
    'people' as table_name,
    person_id || '|' || tag as record_key,
    'person' as entity_kind,
    'people' as entity_table,
    person_id as entity_key,
    tag as stage,
    cast(night as timestamptz) as entered_at,
    'snapshot' as evidence,
    'tag' as field
from first_seen
