-- The company's own targets whole, if there are any; else the defaults, which are none.
with given as (
    select metric, period_start, segment, target from {{ ref('stg_company__targets') }}
),

defaults as (
    select metric, cast(period_start as date) as period_start, segment, cast(target as decimal(18, 6)) as target
    from {{ ref('company__targets') }}
)

select * from given
union all
select * from defaults where not exists (select 1 from given)
