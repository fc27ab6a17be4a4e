-- From which night to which an account was in a segment; still in it where `left_on` is empty.
with events as (
    select *, lead(night) over (partition by segment_id, account_id order by night) as left_on from {{ ref('int_segment_events') }}
)

select segment_id, account_id, night as entered_on, left_on from events where change = 'entered'
