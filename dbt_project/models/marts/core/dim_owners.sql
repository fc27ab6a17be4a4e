-- One human across tools, by e-mail.
with owners as (
    select *, coalesce(lower(email), source || ':' || instance || ':' || record_key) as human from {{ ref('int_owners') }}
)

select
    'own_' || left(md5(human), 16) as owner_id,
    max(full_name) as full_name,
    max(email) as email,
    max(manager_key) as manager,
    max(team) as team,
    cast(null as varchar) as territory,
    cast(null as decimal(18, 4)) as quota,
    coalesce(bool_or(is_active), true) as is_active
from owners
group by human
