-- Sign-ups by month and segment, and how many were activated or fell silent; `all` is every segment together.
with sign_ups as (
    select *, {{ reporting_date('activated_at') }} as activated_on from {{ ref('int_sign_ups') }}
)

select
    month,
    case when grouping(segment) = 1 then 'all' else segment end as segment,
    count(*) as sign_ups,
    count(*) filter (where is_activated) as activated,
    count(*) filter (where is_silent) as silent,
    bool_and(is_window_closed) as is_mature,
    count(*) filter (where is_activated) / cast(count(*) as double) as activation_rate,
    count(*) filter (where is_silent) / cast(count(*) as double) as silent_rate,
    cast(median(date_diff('day', signed_up_on, activated_on)) as double) as median_days
from sign_ups
group by grouping sets ((month, segment), (month))
