{#
  `amount` in the reporting currency, to 6 places. `rate` is int_exchange_rates.rate for the amount's currency and day;
  join it on (currency, rate_date). No rate gives null, which the rule finance/exchange_rate_is_known shows: never a 1.
  The casts are wide: a product of two decimals of 18 digits overflows in DuckDB.
#}
{% macro convert_money(amount, rate) %}
    case
        when {{ rate }} = 1 then cast({{ amount }} as decimal(18, 6))
        else cast(cast({{ amount }} as decimal(22, 6)) * cast({{ rate }} as decimal(16, 10)) as decimal(18, 6))
    end
{%- endmacro %}
