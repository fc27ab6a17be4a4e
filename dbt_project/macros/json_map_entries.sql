{#
  Rows of a JSON map column kept by a spec's pattern: one row per entry, with `map_key` and `map_value`.
  `relation` is a CTE or relation, `column` holds text like [{"key": "...", "value": "..."}].
#}
{% macro json_map_entries(relation, column) %}
    select
        entries.* exclude (entry),
        json_extract_string(entries.entry, '$.key') as map_key,
        json_extract_string(entries.entry, '$.value') as map_value
    from (
        select
            *,
            unnest(cast(cast({{ column }} as json) as json[])) as entry
        from {{ relation }}
        where {{ column }} is not null
    ) as entries
{% endmacro %}
