{#
  The addons of Chargebee's import-friendly export, one row each: headers `addons[id][0]`, `addons[quantity][0]`, … are
  kept as one map. Adds addon_id, addon_quantity and addon_unit_price (major units) to the columns of `relation`.
#}
{% macro chargebee_addons(relation) %}
    select
        * exclude (entries, position),
        list_filter(entries, lambda entry: entry.key = 'id][' || position)[1].value as addon_id,
        try_cast(list_filter(entries, lambda entry: entry.key = 'quantity][' || position)[1].value as decimal(18, 4)) as addon_quantity,
        try_cast(list_filter(entries, lambda entry: entry.key = 'unit_price][' || position)[1].value as decimal(18, 4)) as addon_unit_price
    from (
        select
            *,
            unnest(list_distinct(list_transform(entries, lambda entry: regexp_extract(entry.key, '[0-9]+$')))) as position
        from (
            select *, from_json(cast(addons as json), '[{"key": "VARCHAR", "value": "VARCHAR"}]') as entries
            from {{ relation }}
            where addons is not null
        )
    )
{% endmacro %}
