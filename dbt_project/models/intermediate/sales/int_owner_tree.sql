-- Every owner under every manager, at any depth; an owner is also under themselves.
with recursive tree as (
    select owner_id as manager_id, owner_id, 0 as depth from {{ ref('dim_owners') }}
    union all
    select owners.manager_id, tree.owner_id, tree.depth + 1
    from tree
    inner join {{ ref('dim_owners') }} as owners on tree.manager_id = owners.owner_id
    -- two who manage each other do not make an endless tree
    where owners.manager_id is not null and tree.depth < 10
)

select manager_id, owner_id, cast(min(depth) as integer) as depth
from tree
group by manager_id, owner_id
