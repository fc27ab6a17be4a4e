-- How much of the MRR hangs on few accounts, by month and policy.
with ranked as (
    select
        policy,
        month,
        closing_mrr,
        row_number() over (partition by policy, month order by closing_mrr desc, account_id asc) as place,
        sum(closing_mrr) over (partition by policy, month) as total_mrr
    from {{ ref('fct_mrr_movements') }}
    where closing_mrr > 0
),

shares as (
    select *, {{ divide_money('closing_mrr', 'total_mrr', 8) }} as share from ranked
),

months as (
    select
        policy,
        month,
        count(*) as accounts,
        max(total_mrr) as total_mrr,
        sum(closing_mrr) filter (where place <= 1) as top_1_mrr,
        sum(closing_mrr) filter (where place <= 5) as top_5_mrr,
        sum(closing_mrr) filter (where place <= 10) as top_10_mrr,
        sum(cast(share as decimal(18, 8)) * cast(share as decimal(18, 8))) as hhi
    from shares
    group by policy, month
)

select
    policy,
    month,
    accounts,
    cast(total_mrr as decimal(18, 6)) as closing_mrr,
    {{ divide_money('top_1_mrr', 'total_mrr', 6) }} as top_1_share,
    {{ divide_money('top_5_mrr', 'total_mrr', 6) }} as top_5_share,
    {{ divide_money('top_10_mrr', 'total_mrr', 6) }} as top_10_share,
    cast(hhi as decimal(18, 6)) as hhi
from months
