-- Who came into a segment and who left it, by night: what earlier nights remembered, and tonight against it.
with earlier as (
    select night, segment_id, account_id, change from {{ source('state', 'segment_events') }}
),

night as (
    select night from {{ source('ops', 'night') }}
),

were as (
    select segment_id, account_id from earlier
    group by segment_id, account_id
    having arg_max(change, night) = 'entered'
),

changes as (
    select
        coalesce(members.segment_id, were.segment_id) as segment_id,
        coalesce(members.account_id, were.account_id) as account_id,
        case when were.account_id is null then 'entered' else 'left' end as change
    from {{ ref('int_segment_members') }} as members
    full outer join were on members.segment_id = were.segment_id and members.account_id = were.account_id
    where members.account_id is null or were.account_id is null
)

select night, segment_id, account_id, change from earlier
union all
select night.night, changes.segment_id, changes.account_id, changes.change from changes cross join night
