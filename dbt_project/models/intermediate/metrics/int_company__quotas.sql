-- The company's own quotas whole, if there are any; else the defaults, which are none.
with given as (
    select owner_email, period_start, quota, currency, territory from {{ ref('stg_company__quotas') }}
),

defaults as (
    select
        lower(owner_email) as owner_email, cast(period_start as date) as period_start, cast(quota as decimal(18, 4)) as quota,
        currency, territory
    from {{ ref('company__quotas') }}
)

select * from given
union all
select * from defaults where not exists (select 1 from given)
