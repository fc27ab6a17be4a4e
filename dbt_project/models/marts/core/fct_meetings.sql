with meetings as (
    select * from {{ ref('int_meetings') }}
),

records as (
    select source, instance, table_name, record_key, person_id, account_id from {{ ref('int_person_records') }}
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
)

select
    meetings.source || ':' || meetings.instance || ':' || meetings.record_key as meeting_id,
    records.account_id,
    records.person_id,
    meetings.source,
    meetings.instance,
    meetings.table_name,
    meetings.record_key,
    meetings.event_type,
    meetings.host_email,
    meetings.booked_at,
    meetings.starts_at,
    meetings.ends_at,
    meetings.is_cancelled,
    meetings.is_rescheduled,
    meetings.is_no_show,
    coalesce(meetings.starts_at < night.built_as_of and not meetings.is_cancelled and not meetings.is_no_show, false) as is_held,
    meetings.source_channel
from meetings
cross join night
left join records
    on meetings.source = records.source and meetings.instance = records.instance
    and meetings.table_name = records.table_name and meetings.record_key = records.record_key
