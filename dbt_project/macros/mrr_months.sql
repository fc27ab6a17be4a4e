{#
  Every month of some runs of MRR: opening and closing of each `grain` (columns) under each policy, for every month in which
  there is MRR and the one after it.
#}
{% macro mrr_months(runs, grain) %}
with months as (
    select *, cast(unnest(generate_series(first_month, last_month, interval 1 month)) as date) as month from {{ runs }}
)

select
    policy,
    {{ grain | join(',\n    ') }},
    month,
    case when month = first_month then opening_mrr else closing_mrr end as opening_mrr,
    closing_mrr,
    closing_arr,
    case when month = first_month then last_active_month else cast(month - interval 1 month as date) end as last_active_month
from months
{% endmacro %}
