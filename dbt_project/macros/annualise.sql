{# An amount per `interval_count` × `interval_unit`, for a year: year × 1, quarter × 4, month × 12, week × 52, day × 365. #}
{% macro annualise(amount, interval_unit, interval_count) %}
    {%- set factor = "case " ~ interval_unit ~ " when 'year' then 1 when 'quarter' then 4 when 'month' then 12 when 'week' then 52 when 'day' then 365 end" -%}
    {{ divide_money("cast(" ~ amount ~ " as decimal(19, 4)) * (" ~ factor ~ ")", "coalesce(nullif(" ~ interval_count ~ ", 0), 1)", 4) }}
{%- endmacro %}
