{# The currency that the setting ad_account_currencies gives to an ad account whose export does not say it; else null. #}
{% macro ad_account_currency(source, instance) %}
    case {{ source }} || case when {{ instance }} <> '' then '@' || {{ instance }} else '' end
        {% for account in var('ad_account_currencies') %}
        when '{{ account }}' then '{{ var("ad_account_currencies")[account] }}'
        {% endfor %}
        when '' then cast(null as varchar)
    end
{%- endmacro %}
