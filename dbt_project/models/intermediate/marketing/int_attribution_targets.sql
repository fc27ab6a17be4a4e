-- What credit is given for: each new-business deal (created, won) and the first recurring revenue of a self-serve account.
with deals as (
    select * from {{ ref('fct_deals') }}
    where deal_type in ('{{ var("attributed_deal_types") | join("', '") }}') and coalesce(created_at, closed_at) is not null
),

first_revenue as (
    select
        movements.account_id,
        movements.month,
        movements.new_mrr,
        coalesce(min(stages.entered_at), cast(movements.month as timestamptz)) as first_at
    from {{ ref('fct_mrr_movements') }} as movements
    left join {{ ref('int_account_billing_stages') }} as stages
        on movements.account_id = stages.account_id and stages.stage = 'billed'
    where movements.policy = 'onefunnel' and movements.new_mrr > 0 and movements.account_id <> 'unassigned'
    group by movements.account_id, movements.month, movements.new_mrr
),

self_serve as (
    select first_revenue.* from first_revenue
    where not exists (
        select 1 from deals
        where deals.is_won and deals.account_id = first_revenue.account_id and deals.created_at < first_revenue.first_at
    )
),

targets as (
    select 'opportunity' as target_type, deal_id as target_id, account_id, coalesce(created_at, closed_at) as target_at,
        coalesce(created_at, closed_at) as counted_at, amount_reporting as amount
    from deals
    union all
    select 'won_deal' as target_type, deal_id as target_id, account_id, coalesce(created_at, closed_at) as target_at,
        coalesce(closed_at, created_at) as counted_at, amount_reporting as amount
    from deals where is_won
    union all
    select 'first_mrr' as target_type, self_serve.account_id as target_id, account_id, first_at as target_at,
        first_at as counted_at, new_mrr as amount
    from self_serve
)

select
    target_type,
    target_id,
    account_id,
    target_at,
    cast(date_trunc('month', {{ reporting_date('counted_at') }}) as date) as month,
    cast(amount as decimal(18, 6)) as amount
from targets
