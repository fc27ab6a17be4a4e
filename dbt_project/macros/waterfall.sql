{#
  CTEs that cut `gap` of a relation into reasons: each, in order, takes what its expression explains of `rest`, which the
  ones before it have left. The last, `explained`, has a column for each reason and `unexplained`, which together are the gap.
#}
{% macro waterfall(relation, reasons) %}
{% for name, expression in reasons %}
step_{{ loop.index }} as (
    select * replace (cast(rest - {{ name }} as decimal(18, 4)) as rest)
    from (
        select *, cast({{ expression }} as decimal(18, 4)) as {{ name }}
        from {% if loop.first %}(select *, cast(gap as decimal(18, 4)) as rest from {{ relation }}){% else %}step_{{ loop.index0 }}{% endif %}
    )
),

{% endfor %}
explained as (
    select * exclude (rest), rest as unexplained from step_{{ reasons | length }}
)
{% endmacro %}
