-- Who is in which segment tonight: the accounts that meet every condition of it.
with conditions as (
    select
        segment_id,
        fact,
        operator,
        lower(value) as value,
        try_cast(value as decimal(18, 6)) as number,
        count(*) over (partition by segment_id) as conditions
    from {{ ref('int_company__segments') }}
),

met as (
    select conditions.segment_id, facts.account_id, conditions.conditions
    from conditions
    inner join {{ ref('int_segment_facts') }} as facts on conditions.fact = facts.fact
    where case conditions.operator
        when '=' then lower(facts.value) = conditions.value
        when '<>' then lower(facts.value) <> conditions.value
        when '>=' then try_cast(facts.value as decimal(18, 6)) >= conditions.number
        when '>' then try_cast(facts.value as decimal(18, 6)) > conditions.number
        when '<=' then try_cast(facts.value as decimal(18, 6)) <= conditions.number
        when '<' then try_cast(facts.value as decimal(18, 6)) < conditions.number
    end
)

select segment_id, account_id
from met
group by segment_id, account_id, conditions
having count(*) = conditions
