{#
  Field by field, the record whose word counts: of all rows of `records` that say something, the one with the least place.
  `fields` is a list of (field, place column); `records` has one row per record with these columns, the record's key,
  `{{ entity }}` and `said_in`, what kind of record it is. Values are text.
#}
{% macro winning_fields(records, entity, fields) %}
    with said as (
        {% for field, place in fields %}
        select
            {{ entity }}, '{{ field }}' as field, '{{ place }}' as rule, cast({{ field }} as varchar) as value, {{ place }} as place,
            source, instance, table_name, record_key, said_in
        from {{ records }}
        where {{ field }} is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    firsts as (
        select {{ entity }}, field, min(place) as place, count(*) as records, count(distinct value) - 1 as other_values
        from said
        group by {{ entity }}, field
    )

    select
        said.{{ entity }}, said.field, said.value, said.source, said.instance, said.table_name, said.record_key, said.rule,
        said.said_in, firsts.records, firsts.other_values
    from firsts
    inner join said using ({{ entity }}, field, place)
{% endmacro %}
