{#
  What a deal's amount states, by its pipeline: acv, tcv, mrr or one_off. The setting `deal_amount_is` is one word for all,
  or a map of pipelines with a `default`.
#}
{% macro deal_amount_basis(pipeline) %}
    {%- set setting = var('deal_amount_is') -%}
    {%- if setting is mapping -%}
        {%- set named = setting.keys() | reject('equalto', 'default') | sort -%}
        {%- if named -%}
            case {{ pipeline }}{% for name in named %} when '{{ name | replace("'", "''") }}' then '{{ setting[name] }}'{% endfor %} else '{{ setting.get("default", "acv") }}' end
        {%- else -%}
            '{{ setting.get("default", "acv") }}'
        {%- endif -%}
    {%- else -%}
        '{{ setting }}'
    {%- endif -%}
{% endmacro %}

{# A deal's amount for a year: a whole term's amount is spread over its months, a month's is taken twelve times. #}
{% macro annual_value(amount, pipeline, term_months) %}
    cast(case {{ deal_amount_basis(pipeline) }}
        when 'tcv' then {{ divide_money('cast(' ~ amount ~ ' as decimal(22, 4)) * 12', 'coalesce(nullif(' ~ term_months ~ ', 0), 12)', 4) }}
        when 'mrr' then {{ amount }} * 12
        when 'one_off' then 0
        else {{ amount }}
    end as decimal(18, 4))
{%- endmacro %}
