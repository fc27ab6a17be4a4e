-- Every metric's values in one table. The list of metrics is computed from the folder by the runner.
{% set metrics = var('metrics', {}) %}
{% for name in metrics | sort %}
    {{ 'union all' if not loop.first }}
    select '{{ metrics[name] }}' as department, '{{ name }}' as metric, period_start, segment, metric_value from {{ ref(name) }}
{% endfor %}
{% if not metrics %}
    select cast(null as varchar) as department, cast(null as varchar) as metric, cast(null as date) as period_start,
        cast(null as varchar) as segment, cast(null as decimal(18, 6)) as metric_value
    where false
{% endif %}
