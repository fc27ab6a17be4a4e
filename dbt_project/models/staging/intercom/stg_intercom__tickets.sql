-- A rating of 4 or 5 is good, 1 or 2 is bad.
with contacts as (
    select * from {{ ref('stg_intercom__contacts') }}
),

conformed as (
    select
        conversations.source,
        conversations.instance,
        conversations.table_name,
        conversations.record_key,
        'contacts' as requester_table,
        conversations.contact_id as requester_key,
        coalesce(conversations.contact_email, contacts.email) as requester_email,
        conversations.created_at,
        conversations.first_reply_at,
        case when conversations.state = 'closed' then conversations.closed_at end as solved_at,
        case when conversations.state = 'closed' then 'solved' else conversations.state end as status,
        case conversations.priority when 'priority' then 'high' when 'not_priority' then 'normal' end as priority,
        case
            when try_cast(conversations.rating as integer) >= 4 then 'good'
            when try_cast(conversations.rating as integer) <= 2 then 'bad'
        end as csat,
        case conversations.sla_status when 'missed' then true when 'hit' then false end as sla_breached
    from {{ ref('stg_intercom__conversations') }} as conversations
    left join contacts
        on conversations.instance = contacts.instance and conversations.contact_id = contacts.contact_id
)

select * from conformed
