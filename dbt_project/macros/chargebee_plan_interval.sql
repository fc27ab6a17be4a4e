{#
  Unit or count of a Chargebee subscription's billing period. The import-friendly export has it only as the current term:
  whole months, else days.
#}
{% macro chargebee_plan_interval(part) %}
{%- set months = "date_diff('month', current_term_start, current_term_end)" -%}
{%- set is_months = months ~ " > 0 and current_term_start + " ~ months ~ " * interval 1 month = current_term_end" -%}
{%- if part == 'unit' -%}
coalesce(billing_period_unit, case when {{ is_months }} then case when {{ months }} % 12 = 0 then 'year' else 'month' end else 'day' end)
{%- else -%}
coalesce(billing_period, case when {{ is_months }} then case when {{ months }} % 12 = 0 then {{ months }} // 12 else {{ months }} end else nullif(date_diff('day', current_term_start, current_term_end), 0) end)
{%- endif -%}
{% endmacro %}
