{#
  `amount` ÷ `divisor`, exact to `scale` decimal places, half away from zero; null where the divisor is 0. A divisor may
  have eight places, as exchange rates do. DuckDB turns decimal division into floating point, so it is done on whole numbers.
#}
{% macro divide_money(amount, divisor, scale=6) %}
    {%- set units = "cast(cast(" ~ amount ~ " as decimal(28, 8)) * 100000000 as hugeint)" -%}
    {%- set parts = "cast(cast(" ~ divisor ~ " as decimal(22, 8)) * 100000000 as hugeint)" -%}
    {%- set shift = 10 ** (8 - scale) -%}
    cast(cast(
        (2 * {{ units }} * 100000000 + sign({{ units }}) * abs({{ parts }}) * {{ shift }})
        // nullif(2 * {{ parts }} * {{ shift }}, 0)
    as decimal(30, 0)){% if scale %} * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale }}, {{ scale }})){% endif %} as decimal(18, {{ scale }}))
{%- endmacro %}
