{# Schemas are named as the design names them, without dbt's target prefix. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(custom_schema_name if custom_schema_name else target.schema) }}
{% endmacro %}
