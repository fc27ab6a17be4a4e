{#
  The legal entity that an instance of a tool belongs to: by the setting `legal_entities` (`source@instance`, or
  `source` alone for its only instance), else the instance's name, else main.
#}
{% macro legal_entity(source, instance) %}
    coalesce(
        case {{ source }} || case when {{ instance }} <> '' then '@' || {{ instance }} else '' end
            when '' then null
            {% for place, entity in var('legal_entities').items() %}
            when '{{ place }}' then '{{ entity }}'
            {% endfor %}
        end,
        nullif({{ instance }}, ''),
        'main'
    )
{%- endmacro %}
