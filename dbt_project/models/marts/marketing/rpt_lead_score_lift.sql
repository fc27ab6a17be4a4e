-- Does the score tell who buys? Scores as they stood soon after each account became a lead, against what became of it.
with night as (
    select built_as_of from {{ source('ops', 'night') }}
),

leads as (
    select account_id, min(lead_at) as lead_at from {{ ref('int_lead_origins') }} group by account_id
),

-- old enough for the whole window to have passed: a young lead has not failed to buy yet
mature as (
    select leads.account_id, leads.lead_at, leads.lead_at + interval '{{ var("lead_score_horizon_days") }} days' as judged_at
    from leads
    cross join night
    where leads.lead_at + interval '{{ var("lead_score_horizon_days") + var("conversion_window_days") }} days' <= night.built_as_of
),

bought as (
    select account_id, min(entered_at) as bought_at from {{ ref('fct_stage_events') }} where stage in ('won', 'billed') group by account_id
),

-- those who bought before they were judged are left out: their score could not have foretold it
open_leads as (
    select
        mature.*,
        coalesce(bought.bought_at <= mature.judged_at + interval '{{ var("conversion_window_days") }} days', false) as has_bought
    from mature
    left join bought on mature.account_id = bought.account_id
    where bought.bought_at is null or bought.bought_at > mature.judged_at
),

last_scores as (
    select
        open_leads.account_id,
        scores.scored_by,
        scores.person_id,
        arg_max(scores.score, (scores.scored_at, scores.score)) as score
    from open_leads
    inner join {{ ref('fct_lead_scores') }} as scores
        on open_leads.account_id = scores.account_id and scores.scored_at <= open_leads.judged_at
    group by open_leads.account_id, scores.scored_by, scores.person_id
),

scored as (
    select account_id, scored_by, max(score) as score from last_scores group by account_id, scored_by
),

tools as (
    select distinct scored_by from {{ ref('fct_lead_scores') }}
),

banded as (
    select
        tools.scored_by,
        open_leads.has_bought,
        case
            when scored.score is null then 'no score'
            when scored.score < 20 then '0 to 19'
            when scored.score < 40 then '20 to 39'
            when scored.score < 60 then '40 to 59'
            when scored.score < 80 then '60 to 79'
            else '80 and more'
        end as band
    from open_leads
    cross join tools
    left join scored on open_leads.account_id = scored.account_id and tools.scored_by = scored.scored_by
),

counted as (
    select scored_by, band, count(*) as leads, count(case when has_bought then 1 end) as bought from banded group by scored_by, band
),

rated as (
    select
        *,
        cast(bought as double) / leads as win_rate,
        cast(sum(bought) over (partition by scored_by) as double) / sum(leads) over (partition by scored_by) as overall_rate
    from counted
)

select scored_by, band, leads, bought, win_rate, overall_rate, win_rate / nullif(overall_rate, 0) as lift from rated
