{#
  Minutes of business time before an instant, counted from Monday 2001-01-01 in the reporting time zone; the difference of
  two is the business time between them. Hours and the number of week days are settings; weeks begin on Monday.
#}
{% macro business_minutes(instant) %}
    {%- set opens, closes, days = var('business_opens') | int, var('business_closes') | int, var('business_days') | int -%}
    {%- set today = reporting_date(instant) -%}
    {%- set passed = "date_diff('day', date '2001-01-01', " ~ today ~ ")" -%}
    {%- set minute = "date_diff('minute', cast(" ~ today ~ " as timestamp), timezone('" ~ var('reporting_time_zone') ~ "', " ~ instant ~ "))" -%}
    ((({{ passed }}) // 7 * {{ days }} + least(({{ passed }}) % 7, {{ days }})) * {{ (closes - opens) * 60 }}
    + case when ({{ passed }}) % 7 < {{ days }} then least(greatest({{ minute }} - {{ opens * 60 }}, 0), {{ (closes - opens) * 60 }}) else 0 end)
{%- endmacro %}
