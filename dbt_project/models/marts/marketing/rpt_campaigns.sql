-- By campaign and month of each fact; what no campaign is known of stands under its channel with an empty campaign.
with figures as (
    {{ campaign_figures(['month', 'channel', 'campaign_id']) }}
)

select
    figures.month,
    figures.channel,
    figures.campaign_id,
    coalesce(campaigns.name, 'no campaign') as campaign_name,
    figures.spend,
    figures.impressions,
    figures.clicks,
    figures.leads,
    figures.opportunities,
    figures.pipeline,
    figures.won_deals,
    figures.won_amount,
    figures.new_customers,
    figures.new_mrr,
    figures.cost_per_click,
    figures.cost_per_lead,
    figures.cac,
    figures.attribution_model
from figures
left join {{ ref('dim_campaigns') }} as campaigns using (campaign_id)
