{# The columns that rpt_campaigns and rpt_channels share, over int_campaign_facts grouped as `grain` says. #}
{% macro campaign_figures(grain) %}
with counted as (
    select
        {{ grain | join(', ') }},
        cast(coalesce(sum(case when fact = 'spend' then amount end), 0) as decimal(18, 6)) as spend,
        cast(coalesce(sum(case when fact = 'spend' then seen end), 0) as bigint) as impressions,
        cast(coalesce(sum(case when fact = 'spend' then count_of end), 0) as bigint) as clicks,
        cast(coalesce(sum(case when fact = 'lead' then count_of end), 0) as bigint) as leads,
        cast(coalesce(sum(case when fact = 'opportunity' then count_of end), 0) as decimal(30, 12)) as opportunities,
        cast(coalesce(sum(case when fact = 'opportunity' then amount end), 0) as decimal(18, 6)) as pipeline,
        cast(coalesce(sum(case when fact = 'won_deal' then count_of end), 0) as decimal(30, 12)) as won_deals,
        cast(coalesce(sum(case when fact = 'won_deal' then amount end), 0) as decimal(18, 6)) as won_amount,
        cast(coalesce(sum(case when fact = 'new_customer' then count_of end), 0) as decimal(30, 12)) as new_customers,
        cast(coalesce(sum(case when fact = 'new_customer' then amount end), 0) as decimal(18, 6)) as new_mrr
    from {{ ref('int_campaign_facts') }}
    group by {{ grain | join(', ') }}
)

select
    counted.*,
    {{ divide_money('spend', 'nullif(clicks, 0)', 6) }} as cost_per_click,
    {{ divide_money('spend', 'nullif(leads, 0)', 6) }} as cost_per_lead,
    {{ divide_money('spend', 'nullif(new_customers, 0)', 6) }} as cac,
    '{{ var("attribution_model") }}' as attribution_model
from counted
{% endmacro %}
