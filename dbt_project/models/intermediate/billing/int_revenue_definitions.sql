-- What MRR means under each policy: every definition that was ever published, and tonight's. The number at its end is
-- raised by whoever changes what the ledger itself counts.
with night as (
    select night from {{ source('ops', 'night') }}
),

earlier as (
    select night, policy, definition from {{ source('state', 'revenue_definitions') }}
),

tonight as (
    select
        night.night,
        policies.policy,
        'counts ' || string_agg(policies.status, ', ' order by policies.status)
        || '; {{ var("past_due_grace_days") }} days of grace; months of {{ var("reporting_time_zone") }}'
        || '; in {{ var("reporting_currency") }}; ledger 2' as definition
    from {{ ref('revenue_policies') }} as policies
    cross join night
    group by night.night, policies.policy
)

select night, policy, definition from earlier
union all
select night, policy, definition from tonight
