{# A campaign mark as it is compared: lower case, trimmed, runs of spaces, hyphens and underscores as one underscore; null when empty. #}
{% macro clean_mark(column) %}nullif(regexp_replace(lower(trim({{ column }})), '[\s_-]+', '_', 'g'), ''){% endmacro %}
