{# A company table: the user's own file whole, if there is one, else the seed of the same name. #}
{% macro company_table(name, columns) %}
with given as (
    select {{ columns | join(', ') }} from {{ ref('stg_company__' ~ name) }}
),

defaults as (
    select {{ columns | join(', ') }} from {{ ref('company__' ~ name) }}
)

select * from given
union all
select * from defaults where not exists (select 1 from given)
{% endmacro %}
