-- One human across tools, by e-mail; whom no list explains stands under the name that records give.
with ids as (
    select * from {{ ref('int_owner_ids') }}
),

owners as (
    select * from {{ ref('int_owners') }}
),

night as (
    select cast(date_trunc('month', night) as date) as month from {{ source('ops', 'night') }}
),

quotas as (
    select owner_id, territory, quota from {{ ref('int_quotas') }} inner join night using (month)
),

described as (
    select
        ids.owner_id,
        coalesce(max(owners.full_name), min(ids.owner_key)) as full_name,
        max(owners.email) as email,
        max(managers.owner_id) as manager_id,
        max(owners.team) as team,
        coalesce(bool_or(owners.is_active), true) as is_active
    from ids
    left join owners on ids.source = owners.source and ids.instance = owners.instance and ids.owner_key = owners.record_key
    left join ids as managers
        on owners.source = managers.source and owners.instance = managers.instance and owners.manager_key = managers.owner_key
    group by ids.owner_id
)

select
    described.owner_id,
    described.full_name,
    described.email,
    described.manager_id,
    managers.full_name as manager,
    described.team,
    quotas.territory,
    cast(quotas.quota as decimal(18, 4)) as quota,
    described.is_active
from described
left join described as managers on described.manager_id = managers.owner_id
left join quotas on described.owner_id = quotas.owner_id
