-- Products that a paying account lacks and that enough accounts of its segment have.
with customers as (
    select revenue.account_id, revenue.mrr, accounts.name as account_name, accounts.owner_id, coalesce(accounts.segment, 'unknown') as segment
    from {{ ref('int_account_revenue') }} as revenue
    inner join {{ ref('int_accounts') }} as accounts on revenue.account_id = accounts.account_id
    anti join {{ ref('int_internal_accounts') }} as internal on revenue.account_id = internal.account_id
    where revenue.mrr > 0
),

owned as (
    select products.account_id, products.product_id, customers.segment
    from {{ ref('int_account_products') }} as products
    inner join customers on products.account_id = customers.account_id
),

peers as (
    select segment, count(*) as accounts from customers group by segment
),

adoption as (
    select owned.segment, owned.product_id, count(*) as owners from owned group by owned.segment, owned.product_id
),

offered as (
    select
        adoption.segment,
        adoption.product_id,
        adoption.owners,
        peers.accounts - 1 as peers,
        adoption.owners / nullif(cast(peers.accounts - 1 as double), 0) as peer_rate
    from adoption
    inner join peers on adoption.segment = peers.segment
    where peers.accounts > {{ var('cross_sell_min_peers') }} and adoption.owners >= (peers.accounts - 1) * {{ var('cross_sell_peer_rate') }}
)

select
    customers.account_id,
    customers.account_name,
    customers.owner_id,
    customers.segment,
    offered.product_id,
    products.name as product_name,
    offered.owners as peers_with_it,
    offered.peers,
    offered.peer_rate,
    health.health_score,
    cast(customers.mrr as decimal(18, 6)) as mrr,
    cast(row_number() over (order by offered.peer_rate desc nulls last, customers.mrr desc nulls last, customers.account_id asc nulls last, offered.product_id asc nulls last) as integer) as place
from customers
inner join offered on customers.segment = offered.segment
anti join owned on customers.account_id = owned.account_id and offered.product_id = owned.product_id
left join {{ ref('dim_products') }} as products on offered.product_id = products.product_id
left join {{ ref('rpt_health') }} as health on customers.account_id = health.account_id
