{# Rows in which `sum` is not exactly `total`. #}
{% test adds_up(model, sum, total) %}
    select * from {{ model }} where {{ sum }} is distinct from {{ total }}
{% endtest %}
