-- A deleted ticket is none. Agents who answered at once have a first reply of 0 minutes; an empty cell is no reply yet.
with users as (
    select * from {{ ref('stg_zendesk__users') }}
),

conformed as (
    select
        tickets.source,
        tickets.instance,
        tickets.table_name,
        tickets.record_key,
        'users' as requester_table,
        tickets.requester_id as requester_key,
        coalesce(tickets.requester_email, users.email) as requester_email,
        'organizations' as organisation_table,
        coalesce(tickets.organization_id, users.organization_id) as organisation_key,
        tickets.created_at,
        tickets.created_at + to_seconds(cast(tickets.first_reply_minutes * 60 as bigint)) as first_reply_at,
        tickets.solved_at,
        lower(tickets.status) as status,
        lower(tickets.priority) as priority,
        case when lower(tickets.csat) like 'good%' then 'good' when lower(tickets.csat) like 'bad%' then 'bad' end as csat,
        cast(null as boolean) as sla_breached
    from {{ ref('stg_zendesk__tickets_records') }} as tickets
    left join users on tickets.instance = users.instance and tickets.requester_id = users.user_id
    where lower(tickets.status) is distinct from 'deleted'
)

select * from conformed
