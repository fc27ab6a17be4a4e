{# Movements of each `grain` in its own currency: exact, so there is neither fx nor rounding. #}
{% macro exact_movements(months, grain) %}
with months as (
    select * from {{ months }}
),

history as (
    select
        *,
        coalesce(max(closing_mrr) over earlier, 0) > 0 as was_active,
        max(case when closing_mrr > 0 then month end) over earlier as last_active_month
    from months
    window earlier as (
        partition by policy, {{ grain | join(', ') }} order by month rows between unbounded preceding and 1 preceding
    )
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
    from history
)

select * from movements where opening_mrr > 0 or closing_mrr > 0
{% endmacro %}
