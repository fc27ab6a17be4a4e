{#
  The kinds of movement from an opening and a `delta`: new (first MRR above 0 ever), expansion, reactivation,
  contraction, churn (to 0). `closing` is the level after the movement; `was_active` whether there ever was MRR before.
#}
{% macro movement_columns(opening, closing, delta, was_active) %}
    cast(case when {{ opening }} = 0 and {{ closing }} > 0 and not {{ was_active }} then {{ delta }} else 0 end as decimal(18, 6)) as new_mrr,
    cast(case when {{ opening }} > 0 and {{ closing }} > 0 and {{ delta }} > 0 then {{ delta }} else 0 end as decimal(18, 6)) as expansion_mrr,
    cast(case when {{ opening }} = 0 and {{ closing }} > 0 and {{ was_active }} then {{ delta }} else 0 end as decimal(18, 6)) as reactivation_mrr,
    cast(case when {{ opening }} > 0 and {{ closing }} > 0 and {{ delta }} < 0 then -({{ delta }}) else 0 end as decimal(18, 6)) as contraction_mrr,
    cast(case when {{ opening }} > 0 and {{ closing }} = 0 then {{ opening }} else 0 end as decimal(18, 6)) as churn_mrr
{%- endmacro %}
