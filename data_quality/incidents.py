"""Incidents: the issues of one cause as one line.

A bad import of 4,000 contacts is one thing to mend, however many records and rules it touches. Issues that one rule
opened in one night, in one table and field, are a group. Two groups of one table and night that name nearly the same
records have one cause. Groups come from the first sight of each issue, which never changes: an incident keeps its id.
"""

from __future__ import annotations

from datetime import date

import duckdb

# Share of the larger group's records that two groups must have in common.
ALIKE = 0.8
SAMPLE = 5


def group_issues(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the temporary table `incident_of` (issue_id, incident_id) from the night on which each was opened."""
    con.execute(GROUPED)
    con.execute(INCIDENT_OF)


def derive_incidents(con: duckdb.DuckDBPyConnection, night: date, reporting_currency: str) -> None:
    """Fill quality.incidents from quality.issues; money in the reporting currency at the night's rate."""
    con.execute(
        f"create or replace table quality.incidents as {INCIDENTS}",
        {"night": night, "reporting": reporting_currency},
    )


def rates_sql(con: duckdb.DuckDBPyConnection, night: date, reporting_currency: str) -> str:
    """currency → rate into the reporting currency on a night; without a table of rates, only that currency itself."""
    own = f"select '{reporting_currency}' as currency, cast(1 as decimal(16, 10)) as rate"
    known = con.execute(
        "select count(*) from information_schema.tables where table_schema = 'intermediate' and table_name = 'int_exchange_rates'"
    ).fetchall()[0][0]
    if not known:
        return own
    return f"""{own} union all
        select currency, cast(rate as decimal(16, 10)) from intermediate.int_exchange_rates
        where rate_date = date '{night}' and currency <> '{reporting_currency}'"""


GROUPED = """
create or replace temp table grouped as
select
    issue_id, source, instance, table_name, record_key, night as first_seen_at,
    md5(concat_ws('|', rule_id, source, instance, table_name, coalesce(field, ''), night)) as group_id
from quality.issue_events where event = 'opened'
"""

# Only records that several groups name can make two groups one.
INCIDENT_OF = f"""
create or replace temp table incident_of as
with sizes as (
    select group_id, count(distinct record_key) as records from grouped group by group_id
),
shared_records as (
    select source, instance, table_name, record_key, first_seen_at, list(distinct group_id) as group_ids
    from grouped group by all having count(distinct group_id) > 1
),
pairs as (
    select left_group, right_group, count(*) as shared
    from (select unnest(group_ids) as left_group, group_ids from shared_records) as lefts,
        unnest(lefts.group_ids) as rights(right_group)
    where left_group <> right_group
    group by left_group, right_group
),
alike as (
    select pairs.left_group as group_id, pairs.right_group as other_group, others.records as other_records
    from pairs
    inner join sizes on pairs.left_group = sizes.group_id
    inner join sizes as others on pairs.right_group = others.group_id
    where pairs.shared >= {ALIKE} * greatest(sizes.records, others.records)
),
neighbours as (
    select group_id, group_id as other_group, records as other_records from sizes
    union all
    select group_id, other_group, other_records from alike
),
first_leader as (
    select group_id, arg_max(other_group, (other_records, other_group)) as leader from neighbours group by group_id
),
leaders as (
    select first_leader.group_id, next_leader.leader
    from first_leader inner join first_leader as next_leader on first_leader.leader = next_leader.group_id
)
select grouped.issue_id, 'inc_' || left(leaders.leader, 12) as incident_id
from grouped inner join leaders using (group_id)
"""

INCIDENTS = f"""
with issues as (
    select *, status in ('open', 'reopened') as is_open from quality.issues
),
-- a record that two rules name is at risk once
records as (
    select incident_id, record_key, bool_or(is_open) as is_open, max(money_at_risk_reporting) filter (where is_open) as money
    from issues group by incident_id, record_key
),
risks as (
    select incident_id, count(*) as records, count(*) filter (where is_open) as open_records,
        cast(coalesce(sum(money), 0) as decimal(18, 2)) as money_at_risk,
        list_sort(list(record_key order by is_open desc, record_key)[1:{SAMPLE}]) as sample
    from records group by incident_id
),
tonight as (
    select issue_id, any_value(event) as event from quality.issue_events where night = $night group by issue_id
),
rules_in as (
    select incident_id, rule_id, count(*) as issues from issues group by incident_id, rule_id
),
told as (
    select incident_id, arg_max(rule_id, (issues, rule_id)) as rule_id, string_agg(rule_id, ', ' order by rule_id) as rule_ids
    from rules_in group by incident_id
),
grouped as (
    select
        incident_id, any_value(source) as source, any_value(instance) as instance, any_value(table_name) as table_name,
        case
            when bool_or(severity = 'error') then 'error' when bool_or(severity = 'warning') then 'warning' else 'info'
        end as severity,
        count(*) as issues,
        count(*) filter (where is_open) as open_issues,
        count(*) filter (where tonight.event = 'opened') as opened_tonight,
        count(*) filter (where tonight.event = 'reopened') as reopened_tonight,
        count(*) filter (where tonight.event = 'resolved') as resolved_tonight,
        case when count(distinct assignee) = 1 then any_value(assignee) end as assignee,
        case when bool_or(is_open) then 'open' when bool_or(status = 'waived') then 'waived' else 'resolved' end as status,
        min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
        case when bool_and(status = 'resolved') then max(resolved_at) end as resolved_at
    from issues left join tonight using (issue_id)
    group by incident_id
)
select
    grouped.incident_id,
    told.rule_id,
    told.rule_ids,
    rules.sentence,
    grouped.severity,
    rules.owner_department,
    grouped.assignee,
    grouped.source,
    grouped.instance,
    grouped.table_name,
    grouped.status,
    cast(risks.records as bigint) as records,
    cast(risks.open_records as bigint) as open_records,
    grouped.open_issues,
    grouped.opened_tonight,
    grouped.reopened_tonight,
    grouped.resolved_tonight,
    risks.money_at_risk,
    $reporting as currency,
    grouped.first_seen_at,
    grouped.last_seen_at,
    grouped.resolved_at,
    array_to_string(risks.sample, ', ') as sample_keys
from grouped
inner join told using (incident_id)
inner join risks using (incident_id)
left join quality.rules as rules on told.rule_id = rules.rule_id
order by grouped.incident_id
"""
