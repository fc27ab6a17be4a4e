{# The instant at which a night's day begins in the reporting time zone: what a night first showed is dated so. #}
{% macro night_instant(night) %}timezone('{{ var("reporting_time_zone") }}', cast({{ night }} as timestamp)){% endmacro %}
