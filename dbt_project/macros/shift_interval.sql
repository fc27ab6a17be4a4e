{# The instant one `interval_count` × `interval_unit` before or after (`sign` - or +) another, by the calendar in UTC. #}
{% macro shift_interval(instant, interval_unit, interval_count, sign='+') %}
    {{ instant }} {{ sign }} case {{ interval_unit }}
        when 'year' then to_years(cast({{ interval_count }} as integer))
        when 'quarter' then to_months(cast({{ interval_count }} * 3 as integer))
        when 'month' then to_months(cast({{ interval_count }} as integer))
        when 'week' then to_days(cast({{ interval_count }} * 7 as integer))
        else to_days(cast({{ interval_count }} as integer))
    end
{%- endmacro %}
