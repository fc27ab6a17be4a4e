-- The renewals of the next 90 days by owner and month, and how much of what they pay is at risk.
with renewals as (
    select * from {{ ref('rpt_renewals') }} where is_due_next_90_days and outcome = 'open'
)

select
    coalesce(renewals.owner_id, 'nobody') as owner_id,
    owners.full_name as owner_name,
    renewals.due_month,
    count(*) as renewals,
    count(*) filter (where renewals.risk = 'high') as high_risk,
    count(*) filter (where renewals.risk = 'medium') as medium_risk,
    count(*) filter (where renewals.risk = 'low') as low_risk,
    cast(sum(renewals.mrr) as decimal(18, 6)) as mrr,
    cast(coalesce(sum(renewals.mrr) filter (where renewals.risk <> 'low'), 0) as decimal(18, 6)) as mrr_at_risk,
    min(renewals.due_on) as first_due_on
from renewals
left join {{ ref('dim_owners') }} as owners on renewals.owner_id = owners.owner_id
group by coalesce(renewals.owner_id, 'nobody'), owners.full_name, renewals.due_month
