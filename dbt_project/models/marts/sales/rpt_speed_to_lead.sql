-- Both clocks by month of creation and owner, with the bands; leads that nobody touched are counted as open.
-- An owner of null is the whole month.
with leads as (
    select *, cast(date_trunc('month', {{ reporting_date('created_at') }}) as date) as month
    from {{ ref('fct_lead_response') }}
),

{% set measured = ['routing_minutes', 'rep_minutes', 'rep_business_minutes', 'total_minutes'] %}
grouped as (
    select
        month,
        coalesce(worked_by, 'nobody') as owner_id,
        grouping(coalesce(worked_by, 'nobody')) = 1 as is_all_owners,
        count(*) as leads,
        count(assigned_at) as assigned,
        count(touched_at) as touched,
        count(*) filter (where touched_at is null) as open,
        count(*) filter (where rep_band = '0-5') as within_5,
        count(*) filter (where rep_band = '5-15') as within_15,
        count(*) filter (where rep_band = '15-60') as within_60,
        count(*) filter (where rep_band = '60+') as over_60,
        {% for clock in measured %}
        round(cast(quantile_cont({{ clock }}, 0.5) as double), 4) as {{ clock }}_p50,
        round(cast(quantile_cont({{ clock }}, 0.95) as double), 4) as {{ clock }}_p95{{ ',' if not loop.last }}
        {% endfor %}
    from leads
    group by grouping sets ((month, coalesce(worked_by, 'nobody')), (month))
)

select * replace (case when is_all_owners then 'all' else owner_id end as owner_id) from grouped
