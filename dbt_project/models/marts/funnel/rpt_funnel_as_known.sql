with night as (
    select night from {{ source('ops', 'night') }}
),

earlier as (
    select * from {{ source('state', 'funnel_as_known') }}
),

tonight as (
    select night.night, date_trunc('month', {{ reporting_date('events.entered_at') }})::date as month, events.stage, count(*) as entered
    from {{ ref('fct_stage_events') }} as events
    cross join night
    where not events.is_regression and events.entered_at is not null and events.pass_kind = 'new_business'
    group by all
)

select night, month, stage, entered from earlier
union all
select night, month, stage, entered from tonight
