{# `share` (0 to 1, at most 12 places) of `amount`, rounded once to 6 places. The casts keep the product within 38 digits. #}
{% macro share_money(amount, share) %}
    cast(cast({{ amount }} as decimal(22, 6)) * cast({{ share }} as decimal(13, 12)) as decimal(18, 6))
{%- endmacro %}
