{# Where a record is seen in its tool, by the setting `record_urls`; null where none is set. #}
{% macro record_url(source, table_name, record_key) %}
    case {{ source }} || '.' || {{ table_name }}
        {% for table, address in var('record_urls').items() %}
        when '{{ table }}' then replace('{{ address }}', '{key}', {{ record_key }})
        {% endfor %}
        when '' then cast(null as varchar)
    end
{%- endmacro %}
