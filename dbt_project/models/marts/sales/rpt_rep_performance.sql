-- Each owner's month: what was created, won and lost, and how long it took.
with created as (
    select month, owner_id, sum(deals) as created_deals, sum(amount_reporting) as created_amount
    from {{ ref('rpt_pipeline_created') }} group by all
),

closed as (
    select month, owner_id, sum(won) as won, sum(lost) as lost, sum(won_amount) as won_amount
    from {{ ref('rpt_win_rates') }} group by all
),

spine as (
    select month, owner_id from created union select month, owner_id from closed
)

select
    spine.month,
    spine.owner_id,
    owners.full_name as owner_name,
    owners.team,
    cast(coalesce(created.created_deals, 0) as bigint) as created_deals,
    cast(coalesce(created.created_amount, 0) as decimal(18, 6)) as created_amount,
    cast(coalesce(closed.won, 0) as bigint) as won,
    cast(coalesce(closed.lost, 0) as bigint) as lost,
    cast(coalesce(closed.won_amount, 0) as decimal(18, 6)) as won_amount,
    closed.won / nullif(cast(closed.won + closed.lost as double), 0) as win_rate
from spine
left join created on spine.month = created.month and spine.owner_id is not distinct from created.owner_id
left join closed on spine.month = closed.month and spine.owner_id is not distinct from closed.owner_id
left join {{ ref('dim_owners') }} as owners on spine.owner_id = owners.owner_id
