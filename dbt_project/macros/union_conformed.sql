{#
  All `stg_<source>__<entity>` models of the sources that feed `entity` (vars: conformed, computed from the connector
  specs), as one relation with the entity's columns and types. With no source: the same columns, no rows.
#}
{% macro union_conformed(entity) %}
    {% set sources = var('conformed', {}).get(entity, []) %}
    {% set columns = conformed_columns(entity) %}
    {% if not sources %}
        select
            {% for name, type in columns %}
            cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        where false
    {% endif %}
    {% for source_name in sources %}
        {% set relation = ref('stg_' ~ source_name ~ '__' ~ entity) %}
        {% set present = relation_columns(relation) %}
        {{ 'union all' if not loop.first }}
        select
            {% for name, type in columns %}
            {% if name in present %}cast({{ name }} as {{ type }}){% else %}cast(null as {{ type }}){% endif %} as {{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ relation }}
    {% endfor %}
{% endmacro %}
