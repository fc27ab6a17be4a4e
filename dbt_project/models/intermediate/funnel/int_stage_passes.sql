-- The evidence with the number of its pass. Evidence in stages 1 to 7 after an end opens the next one; milestones never do.
with ends as (
    select * from {{ ref('int_pass_ends') }}
),

paying as (
    select account_id, is_paying, entered_at from {{ ref('int_account_periods') }}
),

evidence as (
    select * from {{ ref('int_stage_evidence') }} where pass_kind = 'new_business' and entered_at is not null
),

-- what a customer does while it pays opens nothing: an onboarding call is no sales meeting
of_prospects as (
    select evidence.*
    from evidence
    asof left join paying on evidence.account_id = paying.account_id and evidence.entered_at > paying.entered_at
    where evidence.stage_rank not between 1 and 5 or not coalesce(paying.is_paying, false)
),

after_ends as (
    select of_prospects.*, coalesce(ends.end_number, 0) as ends_before
    from of_prospects
    asof left join ends on of_prospects.account_id = ends.account_id and of_prospects.entered_at > ends.ended_at
),

openings as (
    select account_id, ends_before as opened_after, row_number() over (partition by account_id order by ends_before) as pass_number
    from (select distinct account_id, ends_before from after_ends where stage_rank between 1 and 7 and is_dated)
),

numbered as (
    select
        after_ends.*,
        coalesce(openings.pass_number, 1) as pass_number,
        coalesce(openings.opened_after, 0) as opened_after
    from after_ends
    asof left join openings on after_ends.account_id = openings.account_id and after_ends.ends_before >= openings.opened_after
),

new_business as (
    select
        numbered.* exclude (ends_before, opened_after),
        ends.ended_at,
        ends.ending,
        ends.reason as ending_reason,
        coalesce(numbered.entered_at > ends.ended_at, false) as is_after_end
    from numbered
    left join ends on numbered.account_id = ends.account_id and numbered.opened_after + 1 = ends.end_number
),

customer_deals as (
    select
        deal_id,
        closed_at,
        lost_reason,
        is_closed and not is_won as is_lost,
        row_number() over (partition by account_id order by created_at nulls last, deal_id) as pass_number
    from {{ ref('fct_deals') }}
    where account_id is not null and deal_type <> 'new'
),

customer as (
    select
        evidence.*,
        customer_deals.pass_number,
        case when customer_deals.is_lost then customer_deals.closed_at end as ended_at,
        case when customer_deals.is_lost then 'lost' end as ending,
        customer_deals.lost_reason as ending_reason,
        false as is_after_end
    from {{ ref('int_stage_evidence') }} as evidence
    inner join customer_deals using (deal_id)
    where evidence.pass_kind = 'customer' and evidence.entered_at is not null
)

select * from new_business
union all by name
select * from customer
