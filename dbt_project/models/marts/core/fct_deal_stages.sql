with deals as (
    select deal_id, account_id, source, instance, table_name, record_key from {{ ref('fct_deals') }}
),

marks as (
    select * from {{ ref('int_deal_stage_marks') }} where entered_at is not null
)

select
    deals.deal_id,
    deals.account_id,
    marks.stage,
    marks.entered_at,
    lead(marks.entered_at) over (partition by deals.deal_id order by marks.entered_at, marks.record_key) as left_at,
    marks.evidence,
    marks.source,
    marks.instance,
    marks.table_name,
    marks.record_key
from marks
inner join deals
    on marks.source = deals.source and marks.instance = deals.instance
    and marks.deal_table = deals.table_name and marks.deal_key = deals.record_key
