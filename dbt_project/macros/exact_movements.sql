{# Movements of each `grain` in its own currency: exact, so there is neither fx nor rounding. #}
{% macro exact_movements(months, grain) %}
with months as (
    select *, last_active_month is not null as was_active from {{ months }}
),

movements as (
    select
        policy,
        month,
        {{ grain | join(',\n        ') }},
        opening_mrr,
        {{ movement_columns('opening_mrr', 'closing_mrr', '(closing_mrr - opening_mrr)', 'was_active') }},
        closing_mrr,
        closing_arr,
        opening_mrr = 0 and closing_mrr > 0 and was_active
            and date_diff('day', last_day(last_active_month), month) <= {{ var('late_renewal_days') }} as is_late_renewal
    from months
)

select * from movements
{% endmacro %}
