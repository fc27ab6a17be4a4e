{# Lower-case names of a relation's columns; while parsing (no database), an empty list. #}
{% macro relation_columns(relation) %}
    {% if not execute %}{{ return([]) }}{% endif %}
    {% set names = [] %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do names.append(column.name | lower) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}
