{# The host of an e-mail address, lower case; null where there is none. #}
{% macro email_host(address) %}nullif(lower(trim(split_part({{ address }}, '@', 2))), ''){% endmacro %}
