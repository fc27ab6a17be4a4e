{# The product of a decimal over a group, to 12 places; DuckDB's own product() is floating point. Nulls are passed over. #}
{% macro decimal_product(factor) -%}
    list_reduce(list(cast({{ factor }} as decimal(18, 12))) filter (where ({{ factor }}) is not null), lambda one, other: cast(one * other as decimal(18, 12)))
{%- endmacro %}
