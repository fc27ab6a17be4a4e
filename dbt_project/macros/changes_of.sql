{#
  The lake's own memory of one field, where a tool keeps no history: a row for each night on which an export showed
  another value than before, the first sight among them. `relation` is a view history_<source>.<table>.
#}
{% macro changes_of(relation, key, field) %}
    select _instance as instance, {{ key }} as record_key, {{ field }} as value, cast(_night as timestamptz) as seen_at
    from {{ relation }}
    where _change <> 'gone' and {{ field }} is not null
    qualify {{ field }} is distinct from lag({{ field }}) over (partition by _instance, {{ key }} order by _night)
{% endmacro %}
