{# What a clock in UTC shows at an instant: calendars count with it ten times as fast as with the instant itself. #}
{% macro utc_clock(instant) %}make_timestamp(epoch_us({{ instant }})){% endmacro %}
