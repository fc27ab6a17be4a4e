-- One human across tools, by e-mail; whom no list explains stands under the name that records give.
with ids as (
    select * from {{ ref('int_owner_ids') }}
),

owners as (
    select * from {{ ref('int_owners') }}
),

described as (
    select
        ids.owner_id,
        coalesce(max(owners.full_name), min(ids.owner_key)) as full_name,
        max(owners.email) as email,
        max(owners.manager_key) as manager,
        max(owners.team) as team,
        coalesce(bool_or(owners.is_active), true) as is_active
    from ids
    left join owners on ids.source = owners.source and ids.instance = owners.instance and ids.owner_key = owners.record_key
    group by ids.owner_id
)

select
    owner_id, full_name, email, manager, team, cast(null as varchar) as territory,
    cast(null as decimal(18, 4)) as quota, is_active
from described
