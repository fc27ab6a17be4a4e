-- What each campaign cost and brought, as facts of one kind a row; credits are those of the model in the setting.
with credits as (
    select * from {{ ref('fct_attribution') }} where model = '{{ var("attribution_model") }}'
),

spend as (
    select cast(date_trunc('month', day) as date) as month, channel, campaign_id, 'spend' as fact, cost_reporting as amount,
        clicks as count_of, impressions as seen
    from {{ ref('fct_ad_spend') }}
),

leads as (
    select month, channel, campaign_id, 'lead' as fact, 0 as amount, 1 as count_of, 0 as seen from {{ ref('int_lead_origins') }}
),

credited as (
    select month, channel, campaign_id, target_type as fact, amount_credited as amount, credit as count_of, 0 as seen from credits
),

-- a new customer is credited to what its first payment is credited to: its own, else its first won deal
customers as (
    select account_id, month, new_mrr from {{ ref('fct_mrr_movements') }}
    where policy = 'onefunnel' and new_mrr > 0 and account_id <> 'unassigned'
),

deciding as (
    select account_id, target_type, target_id
    from {{ ref('int_attribution_targets') }}
    where target_type in ('first_mrr', 'won_deal') and account_id is not null
    qualify row_number() over (partition by account_id order by target_type, target_at, target_id) = 1
),

shared as (
    select customers.*, credits.channel, credits.campaign_id, credits.credit, credits.place,
        {{ share_money('customers.new_mrr', 'credits.credit') }} as plain_amount
    from customers
    inner join deciding on customers.account_id = deciding.account_id
    inner join credits on deciding.target_type = credits.target_type and deciding.target_id = credits.target_id
),

new_customers as (
    select month, channel, campaign_id, 'new_customer' as fact,
        case when lead(place) over path is null then new_mrr - coalesce(sum(plain_amount) over earlier, 0) else plain_amount end as amount,
        credit as count_of, 0 as seen
    from shared
    window path as (partition by account_id order by place nulls last),
        earlier as (partition by account_id order by place nulls last rows between unbounded preceding and 1 preceding)
),

facts as (
    select * from spend
    union all
    select * from leads
    union all
    select * from credited
    union all
    select * from new_customers
)

select month, channel, campaign_id, fact, cast(amount as decimal(18, 6)) as amount, cast(count_of as decimal(30, 12)) as count_of, seen
from facts
