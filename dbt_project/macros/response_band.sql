{# The band of a response time in minutes; `open` while the clock runs. #}
{% macro response_band(minutes, stopped_at) %}
    case
        when {{ stopped_at }} is null then 'open'
        when {{ minutes }} < 5 then '0-5'
        when {{ minutes }} < 15 then '5-15'
        when {{ minutes }} < 60 then '15-60'
        else '60+'
    end
{%- endmacro %}
