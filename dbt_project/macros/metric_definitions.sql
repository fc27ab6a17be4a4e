{# What the metrics' YAML says of each, as rows: metric, department, definition, unit, better, version, mart. #}
{% macro metric_definitions() %}
    {% set found = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and node.name in var('metrics', {}) %}
            {% set marts = [] %}
            {% for parent in node.depends_on.nodes %}{% do marts.append(parent.split('.')[-1]) %}{% endfor %}
            {% do found.append([node.name, node.meta.owner, node.description, node.meta.unit, node.meta.better, node.meta.version, marts | join(', ')]) %}
        {% endfor %}
    {% endif %}
    {% for metric, owner, definition, unit, better, version, mart in found | sort(attribute=0) %}
        {{ 'union all' if not loop.first }}
        select
            '{{ metric }}' as metric,
            '{{ owner }}' as department,
            '{{ definition | replace("'", "''") }}' as definition,
            '{{ unit }}' as unit,
            '{{ better }}' as better,
            cast({{ version }} as integer) as version,
            '{{ mart }}' as mart
    {% endfor %}
    {% if not found %}
        select
            cast(null as varchar) as metric, cast(null as varchar) as department, cast(null as varchar) as definition,
            cast(null as varchar) as unit, cast(null as varchar) as better, cast(null as integer) as version,
            cast(null as varchar) as mart
        where false
    {% endif %}
{% endmacro %}
