{#
  An amount per `interval_count` × `interval_unit`, for a year: year × 1, quarter × 4, month × 12, week × 52, day × 365.
  Where there is nothing to divide, nothing is divided: that is nearly every row, and a division takes ten times as long.
#}
{% macro annualise(amount, interval_unit, interval_count) %}
    {%- set factor = "case " ~ interval_unit ~ " when 'year' then 1 when 'quarter' then 4 when 'month' then 12 when 'week' then 52 when 'day' then 365 end" -%}
    {%- set yearly = "cast(" ~ amount ~ " as decimal(18, 4)) * cast(" ~ factor ~ " as decimal(4, 0))" -%}
    case
        when coalesce(nullif({{ interval_count }}, 0), 1) = 1 then cast({{ yearly }} as decimal(18, 4))
        else {{ divide_money(yearly, "coalesce(nullif(" ~ interval_count ~ ", 0), 1)", 4) }}
    end
{%- endmacro %}
