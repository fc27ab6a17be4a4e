-- Tickets and conversations; whether the first reply came in time is what the tool says, else by the target of the priority.
with tickets as (
    select
        *,
        case priority
            when 'urgent' then {{ var('first_reply_minutes_urgent') }}
            when 'high' then {{ var('first_reply_minutes_high') }}
            when 'low' then {{ var('first_reply_minutes_low') }}
            else {{ var('first_reply_minutes_normal') }}
        end as target_minutes
    from {{ ref('int_tickets') }}
),

night as (
    select built_as_of from {{ source('ops', 'night') }}
),

people as (
    select source, instance, table_name, record_key, person_id from {{ ref('xref_people') }}
),

accounts as (
    select source, instance, table_name, record_key, account_id from {{ ref('xref_accounts') }}
),

internal as (
    select account_id from {{ ref('int_internal_accounts') }}
),

identified as (
    select
        tickets.*,
        coalesce(by_ticket.person_id, by_requester.person_id) as person_id,
        coalesce(of_organisation.account_id, of_requester.account_id, of_ticket.account_id) as account_id
    from tickets
    left join people as by_ticket using (source, instance, table_name, record_key)
    left join people as by_requester
        on tickets.source = by_requester.source and tickets.instance = by_requester.instance
        and tickets.requester_table = by_requester.table_name and tickets.requester_key = by_requester.record_key
    left join accounts as of_organisation
        on tickets.source = of_organisation.source and tickets.instance = of_organisation.instance
        and tickets.organisation_table = of_organisation.table_name and tickets.organisation_key = of_organisation.record_key
    left join accounts as of_requester
        on tickets.source = of_requester.source and tickets.instance = of_requester.instance
        and tickets.requester_table = of_requester.table_name and tickets.requester_key = of_requester.record_key
    left join accounts as of_ticket
        on tickets.source = of_ticket.source and tickets.instance = of_ticket.instance
        and tickets.table_name = of_ticket.table_name and tickets.record_key = of_ticket.record_key
)

select
    identified.source || ':' || identified.instance || ':' || identified.record_key as ticket_id,
    identified.account_id,
    identified.person_id,
    identified.source,
    identified.instance,
    identified.table_name,
    identified.record_key,
    identified.status,
    identified.priority,
    identified.created_at,
    identified.first_reply_at,
    identified.solved_at,
    date_diff('minute', identified.created_at, identified.first_reply_at) as first_reply_minutes,
    date_diff('minute', identified.created_at, identified.solved_at) as solve_minutes,
    case
        when identified.sla_breached is not null then not identified.sla_breached
        when identified.first_reply_at is not null
            then identified.first_reply_at <= identified.created_at + to_minutes(identified.target_minutes)
        when identified.created_at + to_minutes(identified.target_minutes) < night.built_as_of then false
    end as is_in_time,
    identified.csat,
    identified.solved_at is null and identified.status not in ('solved', 'closed') as is_open,
    internal.account_id is not null as is_internal
from identified
cross join night
left join internal on identified.account_id = internal.account_id
