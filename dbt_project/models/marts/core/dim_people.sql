with stages as (
    select person_id, arg_max(stage, (entered_at, stage_rank)) as stage
    from {{ ref('int_stage_evidence') }}
    where person_id is not null and stage_rank <= 7
    group by person_id
),

people as (
    select
        person_id,
        {% for field in ['account_id', 'full_name', 'email', 'phone', 'title', 'consent_status', 'first_source', 'channel'] %}
        max(value) filter (where field = '{{ field }}') as {{ field }},
        {% endfor %}
        cast(max(value) filter (where field = 'lead_score') as double) as lead_score
    from {{ ref('int_person_fields') }}
    group by person_id
)

select
    people.person_id,
    people.account_id,
    people.full_name,
    people.email,
    people.phone,
    people.title,
    roles.role as role_in_buying,
    people.lead_score,
    stages.stage,
    people.first_source,
    people.channel,
    people.consent_status
from people
left join stages using (person_id)
left join {{ ref('int_buying_roles') }} as roles using (person_id)
