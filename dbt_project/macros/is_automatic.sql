{# Whether the subject of a message says that no human wrote it. #}
{% macro is_automatic(subject) %}regexp_matches(lower(coalesce({{ subject }}, '')), '{{ var("automatic_subjects") }}'){% endmacro %}
