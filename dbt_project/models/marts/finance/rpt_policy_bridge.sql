-- Why two policies state different MRR, month by month: each reason is a status that one counts and the other does not.
with levels as (
    select *, cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date) as month
    from {{ ref('int_mrr_levels') }}
),

by_account as (
    select month, currency, status, account_id, sum(mrr) as mrr
    from levels
    group by month, currency, status, account_id
),

by_status as (
    select by_account.month, by_account.status, sum({{ convert_money('by_account.mrr', 'rates.closing_rate') }}) as mrr
    from by_account
    inner join {{ ref('int_month_rates') }} as rates on by_account.currency = rates.currency and by_account.month = rates.month
    group by by_account.month, by_account.status
),

in_reporting as (
    select policies.policy, by_status.month, by_status.status, by_status.mrr
    from by_status
    inner join {{ ref('revenue_policies') }} as policies on by_status.status = policies.status
),

policies as (
    select distinct policy from {{ ref('revenue_policies') }}
),

pairs as (
    select policy_from.policy as policy_from, policy_to.policy as policy_to
    from policies as policy_from
    inner join policies as policy_to on policy_from.policy <> policy_to.policy
),

months as (
    select distinct month, status from in_reporting
),

bridge as (
    select
        pairs.policy_from,
        pairs.policy_to,
        months.month,
        months.status as reason,
        coalesce(mrr_from.mrr, 0) as mrr_from,
        coalesce(mrr_to.mrr, 0) as mrr_to
    from pairs
    cross join months
    left join in_reporting as mrr_from
        on pairs.policy_from = mrr_from.policy and months.month = mrr_from.month and months.status = mrr_from.status
    left join in_reporting as mrr_to
        on pairs.policy_to = mrr_to.policy and months.month = mrr_to.month and months.status = mrr_to.status
)

select
    policy_from,
    policy_to,
    month,
    reason,
    cast(mrr_from as decimal(18, 6)) as mrr_from,
    cast(mrr_to as decimal(18, 6)) as mrr_to,
    cast(mrr_to - mrr_from as decimal(18, 6)) as difference
from bridge
where mrr_from <> 0 or mrr_to <> 0
