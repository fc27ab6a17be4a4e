-- Where each account came from: the first word of its people's records, of marketing's tools before any other.
select
    account_id,
    arg_min(channel, (not is_marketing, created_at, source, instance, table_name, record_key)) as channel
from {{ ref('int_person_candidates') }}
where channel is not null
group by account_id
