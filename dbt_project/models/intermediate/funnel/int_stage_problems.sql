-- What went wrong in a stage of a pass, at most one problem for each entry, with its reason.
with entries as (
    select * from {{ ref('int_stage_entries') }} where not is_regression
),

night as (
    select night, built_as_of from {{ source('ops', 'night') }}
),

periods as (
    select * from {{ ref('int_account_periods') }}
),

in_pass as (
    select * from entries where stage_rank between 1 and 7 and not is_after_end
),

-- the stage that the pass had come to when it ended
ended as (
    select *, ending as problem_code, ending_reason as problem_reason
    from in_pass
    where ending not in ('churned') and entered_at <= ended_at
    qualify row_number() over (partition by account_id, pass_kind, pass_number order by stage_rank desc, entered_at desc, source asc, record_key asc) = 1
),

no_show as (
    select in_pass.*, 'no_show' as problem_code, 'meeting of ' || cast({{ reporting_date('meetings.starts_at') }} as varchar) as problem_reason
    from in_pass
    inner join {{ ref('fct_meetings') }} as meetings
        on in_pass.account_id = meetings.account_id and meetings.is_no_show and meetings.starts_at >= in_pass.entered_at
        and meetings.starts_at <= coalesce(in_pass.ended_at, timestamptz '9999-12-31')
    where in_pass.pass_kind = 'new_business'
    qualify row_number() over (
        partition by in_pass.account_id, in_pass.pass_number order by in_pass.stage_rank desc, in_pass.entered_at desc, meetings.starts_at desc
    ) = 1 and max(in_pass.stage_rank) over (partition by in_pass.account_id, in_pass.pass_number) < 5
),

moved_deals as (
    select account_id, max(entered_at) as moved_at from {{ ref('fct_deal_stages') }} group by account_id
),

stalled as (
    select in_pass.*, 'stalled' as problem_code,
        'no move for ' || date_diff('day', greatest(in_pass.entered_at, coalesce(moved_deals.moved_at, in_pass.entered_at)), night.built_as_of) || ' days' as problem_reason
    from in_pass
    cross join night
    left join moved_deals using (account_id)
    anti join entries as won
        on in_pass.account_id = won.account_id and in_pass.pass_kind = won.pass_kind and in_pass.pass_number = won.pass_number
        and won.stage = 'won'
    where in_pass.stage = 'opportunity' and in_pass.ended_at is null
        and greatest(in_pass.entered_at, coalesce(moved_deals.moved_at, in_pass.entered_at)) + to_days({{ var('stalled_after_days') }}) <= night.built_as_of
),

won_not_billed as (
    select in_pass.*, 'won_not_billed' as problem_code, 'no recurring revenue and no paid invoice' as problem_reason
    from in_pass
    cross join night
    anti join periods on in_pass.account_id = periods.account_id and periods.is_paying
        and coalesce(periods.until_at, timestamptz '9999-12-31') > in_pass.entered_at
    anti join entries as billed on in_pass.account_id = billed.account_id and billed.stage = 'billed'
    where in_pass.stage = 'won' and in_pass.entered_at + to_days({{ var('won_not_billed_days') }}) <= night.built_as_of
),

silent as (
    select entries.*, 'silent_signup' as problem_code, 'no use after the first day' as problem_reason
    from entries
    inner join {{ ref('int_account_activation') }} as activation on entries.account_id = activation.account_id and activation.is_silent
    where entries.pass_kind = 'new_business' and entries.stage in ('lead', 'billed')
    qualify row_number() over (
        partition by entries.account_id
        order by entries.stage = 'lead' and entries.path = 'self_serve' desc, entries.stage = 'billed' desc, entries.entered_at, entries.pass_number,
            entries.source, entries.record_key
    ) = 1
),

signals as (
    select distinct accounts.account_id, 'subscription ' || subscriptions.status as signal
    from {{ ref('int_subscriptions') }} as subscriptions
    inner join {{ ref('xref_accounts') }} as accounts
        on subscriptions.source = accounts.source and subscriptions.instance = accounts.instance
        and subscriptions.customer_table = accounts.table_name and subscriptions.customer_key = accounts.record_key
    where subscriptions.status in ('past_due', 'unpaid', 'non_renewing')
    union all
    select activation.account_id, 'no use for {{ var("live_use_days") }} days'
    from {{ ref('int_account_activation') }} as activation
    cross join night
    where activation.last_event_at < night.built_as_of - to_days({{ var('live_use_days') }})
),

at_risk as (
    select entries.*, 'at_risk' as problem_code, signals.signal as problem_reason
    from entries
    inner join periods on entries.account_id = periods.account_id and periods.is_paying and periods.until_at is null
    inner join (select account_id, string_agg(signal, '; ' order by signal) as signal from signals group by account_id) as signals
        on entries.account_id = signals.account_id
    where entries.stage = 'live' and entries.entered_at >= periods.entered_at
),

renewals as (
    select entries.*, 'late' as problem_code, 'due on ' || renewals.due_on as problem_reason
    from entries
    inner join {{ ref('int_account_renewals') }} as renewals
        on entries.account_id = renewals.account_id and entries.entered_at = renewals.renewed_at
    where entries.stage = 'renewed' and {{ reporting_date('renewals.renewed_at') }} > renewals.due_on + 7
    union all
    select entries.*, 'late_renewal', 'paid nothing since ' || cast({{ reporting_date('gap.entered_at') }} as varchar)
    from entries
    inner join periods as gap
        on entries.account_id = gap.account_id and not gap.is_paying and entries.entered_at = gap.until_at
    where entries.stage = 'reactivated' and entries.entered_at <= gap.entered_at + to_days({{ var('late_renewal_days') }})
),

-- a term that was not renewed, where the customer stood when it ended
lost_renewals as (
    select entries.*, 'lost' as problem_code, 'term ended on ' || cast(terms.due_on as varchar) || ', not renewed' as problem_reason
    from {{ ref('int_contract_terms') }} as terms
    inner join entries
        on terms.account_id = entries.account_id and entries.pass_kind = 'new_business'
        and entries.stage in ('billed', 'live', 'renewed', 'reactivated') and {{ reporting_date('entries.entered_at') }} <= terms.due_on
    where terms.is_lost
    qualify row_number() over (
        partition by terms.deal_id order by entries.entered_at desc, entries.stage_rank desc, entries.source asc, entries.record_key asc
    ) = 1
),

unidentifiable as (
    select *, 'unidentifiable' as problem_code, 'no e-mail, no phone' as problem_reason from entries where field = 'unidentifiable'
),

problems as (
    select *, 1 as weight from ended
    union all select *, 2 from won_not_billed
    union all select *, 3 from lost_renewals
    union all select *, 3 from renewals
    union all select *, 4 from at_risk
    union all select *, 5 from silent
    union all select *, 6 from no_show
    union all select *, 7 from stalled
    union all select *, 8 from unidentifiable
)

select account_id, pass_kind, pass_number, stage, entered_at, problem_code, problem_reason as reason
from problems
qualify row_number() over (
    partition by account_id, pass_kind, pass_number, stage, entered_at order by weight, problem_code, problem_reason nulls last
) = 1
