-- The company's own cost sheet whole, if there is one; else the default, which holds a gross margin and no cost.
with given as (
    select month, kind, amount, currency from {{ ref('stg_company__cost_sheet') }}
),

defaults as (
    select month, kind, amount, currency from {{ ref('company__cost_sheet') }}
)

select cast(date_trunc('month', month) as date) as month, lower(kind) as kind, cast(amount as decimal(18, 4)) as amount, currency from given
union all
select month, lower(kind), cast(amount as decimal(18, 4)), currency from defaults where not exists (select 1 from given)
