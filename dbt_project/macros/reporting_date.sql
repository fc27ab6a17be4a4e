{# The date of an instant in the reporting time zone. #}
{% macro reporting_date(instant) %}cast(timezone('{{ var("reporting_time_zone") }}', {{ instant }}) as date){% endmacro %}
