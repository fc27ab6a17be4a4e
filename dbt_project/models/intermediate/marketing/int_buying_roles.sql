-- What part each person plays in buying, by the first pattern that a title meets.
with titles as (
    select distinct person_id, lower(title) as title from {{ ref('int_person_records') }} where nullif(trim(title), '') is not null
)

select titles.person_id, arg_min(roles.role, roles.place) as role
from titles
inner join {{ ref('buying_roles') }} as roles on regexp_matches(titles.title, roles.pattern)
group by titles.person_id
