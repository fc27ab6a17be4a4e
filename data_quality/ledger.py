"""The ledger of issues: what was opened, resolved and reopened, night by night, derived from append-only events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from data_quality.incidents import derive_incidents, group_issues, rates_sql

EVENTS = {
    "night": "date", "event": "varchar", "issue_id": "varchar", "rule_id": "varchar", "source": "varchar",
    "instance": "varchar", "table_name": "varchar", "record_key": "varchar", "field": "varchar", "entity_id": "varchar",
    "record_url": "varchar", "observed": "varchar", "expected": "varchar", "money_at_risk": "decimal(18, 4)",
    "currency": "varchar", "suggested_fix": "varchar", "proposed_value": "varchar",
}  # fmt: skip


SHOWN = [name for name in EVENTS if name not in ("night", "event")]


@dataclass(frozen=True)
class LedgerCounts:
    opened: int
    reopened: int
    resolved: int
    open: int


def update_ledger(
    con: duckdb.DuckDBPyConnection,
    events_dir: Path,
    night: date,
    arrived: set[tuple[str, str, str]],
    decisions: Path,
    late: frozenset[str] = frozenset(),
    reporting_currency: str = "EUR",
) -> LedgerCounts:
    """Compare tonight's violations with the issues known before tonight; write events, derive issues and incidents.

    Only a table that arrived tonight, (source, instance, table), opens or resolves; records of none of the exports
    (totals) always count. A rule that is broken tonight changes nothing, nor does one that `needs` a table named in
    `late`: what it compares with is of an earlier night.
    """
    con.execute("create or replace temp table arrived (source varchar, instance varchar, table_name varchar)")
    if arrived:
        con.executemany("insert into arrived values (?, ?, ?)", sorted(arrived))
    con.execute("create or replace temp table late (name varchar)")
    if late:
        con.executemany("insert into late values (?)", [[name] for name in sorted(late)])
    con.execute(FROZEN)
    con.execute(f"create or replace temp table earlier as {events_sql(events_dir, night)}")
    con.execute(TONIGHT)
    con.execute(STATE_BEFORE)
    con.execute(
        f"create or replace temp table tonight_events as select date '{night}' as night, * from ({NEW_EVENTS})"
    )
    names = ", ".join(EVENTS)
    con.execute(
        f"create or replace table quality.issue_events as select {names} from earlier union all select {names} from tonight_events"
    )
    write_events(con, events_dir, night)
    con.execute(LIVES)
    group_issues(con)
    con.execute(f"create or replace temp table decided as {decisions_sql(decisions)}")
    con.execute(f"create or replace temp table night_rates as {rates_sql(con, night, reporting_currency)}")
    con.execute(
        f"create or replace table quality.issues as {ISSUES.format(night=night, names=', '.join(SHOWN))}"
    )
    derive_incidents(con, night, reporting_currency)
    counted = dict(con.execute("select event, count(*) from tonight_events group by event").fetchall())
    still_open = con.execute("select count(*) from quality.issues where status <> 'resolved'").fetchall()[0][
        0
    ]
    return LedgerCounts(
        counted.get("opened", 0), counted.get("reopened", 0), counted.get("resolved", 0), still_open
    )


def events_sql(events_dir: Path, night: date) -> str:
    """All events of nights before this one."""
    files = sorted(
        str(file) for file in events_dir.glob("[0-9]*.parquet") if date.fromisoformat(file.stem) < night
    )
    empty = (
        "select "
        + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in EVENTS.items())
        + " where false"
    )
    # by name: events of before a column was thought of have null there
    return (
        f"{empty} union all by name select * from read_parquet({files}, union_by_name = true)"
        if files
        else empty
    )


def write_events(con: duckdb.DuckDBPyConnection, events_dir: Path, night: date) -> None:
    events_dir.mkdir(parents=True, exist_ok=True)
    target = events_dir / f"{night.isoformat()}.parquet"
    temporary = target.with_name(f".{target.name}.tmp")
    names = ", ".join(EVENTS)
    con.execute(
        f"copy (select {names} from tonight_events order by issue_id) to '{temporary}' (format parquet)"
    )
    temporary.replace(target)


def decisions_sql(decisions: Path) -> str:
    """The last waiver and the last assignment of each issue, or of each incident: then of all its issues."""
    selects = [
        "select cast(null as varchar) as issue_id, cast(null as varchar) as assignee, cast(null as date) as until, cast(null as varchar) as decided_at where false"
    ]
    for file, columns in (
        ("issue_waivers", "issue_id, null, cast(until as date)"),
        ("issue_assignments", "issue_id, assignee, null"),
    ):
        path = decisions / f"{file}.csv"
        if path.exists():
            selects.append(
                f"select {columns}, \"when\" || '|' || lpad(row_number() over ()::varchar, 9, '0') "
                f"from read_csv('{path}', header = true, all_varchar = true)"
            )
    return f"""
        select issue_id, arg_max(assignee, decided_at) filter (where assignee is not null) as assignee,
            arg_max(until, decided_at) filter (where until is not null) as until
        from ({" union all ".join(selects)}) group by issue_id"""


FROZEN = """
create or replace temp table frozen as
select distinct rule_id
from (select rule_id, unnest(string_split(needs, ', ')) as name from quality.rules)
semi join late using (name)
"""

# Nearly every id is there once: only the others are sorted.
TONIGHT = """
create or replace temp table tonight as
with named as (
    select
        'iss_' || left(sha256(concat_ws('|', rule_id, source, instance, table_name, record_key, coalesce(field, ''))), 16) as issue_id,
        violations.*
    from quality.violations
),
repeated as (
    select issue_id from named group by issue_id having count(*) > 1
)
select named.* from named anti join repeated using (issue_id)
union all
(
    select distinct on (named.issue_id) named.* from named semi join repeated using (issue_id)
    order by named.issue_id, named.money_at_risk desc nulls last, named.observed, named.expected
)
"""

STATE_BEFORE = """
create or replace temp table state_before as
select issue_id, arg_max(event, night) as last_event, any_value(rule_id) as rule_id, any_value(source) as source,
    any_value(instance) as instance, any_value(table_name) as table_name, any_value(record_key) as record_key,
    any_value(field) as field
from earlier group by issue_id
"""

NEW_EVENTS = """
    select
        case when state_before.issue_id is null then 'opened' when state_before.last_event = 'resolved' then 'reopened' else 'seen' end as event,
        tonight.issue_id, tonight.rule_id, tonight.source, tonight.instance, tonight.table_name, tonight.record_key,
        tonight.field, tonight.entity_id, tonight.record_url, tonight.observed, tonight.expected, tonight.money_at_risk,
        tonight.currency, tonight.suggested_fix, tonight.proposed_value
    from tonight
    left join state_before using (issue_id)
    left join arrived
        on tonight.source = arrived.source and tonight.instance = arrived.instance and tonight.table_name = arrived.table_name
    anti join frozen on tonight.rule_id = frozen.rule_id
    where (state_before.issue_id is null or state_before.last_event = 'resolved')
        and (arrived.source is not null or tonight.source = 'onefunnel')
    union all
    select 'resolved', state_before.issue_id, state_before.rule_id, state_before.source, state_before.instance,
        state_before.table_name, state_before.record_key, state_before.field, null, null, null, null, null, null, null, null
    from state_before
    anti join tonight using (issue_id)
    inner join quality.rule_runs on rule_runs.rule_id = state_before.rule_id and rule_runs.status <> 'error'
    left join arrived
        on state_before.source = arrived.source and state_before.instance = arrived.instance
        and state_before.table_name = arrived.table_name
    anti join frozen on state_before.rule_id = frozen.rule_id
    where state_before.last_event <> 'resolved' and (arrived.source is not null or state_before.source = 'onefunnel')
"""

LIVES = """
create or replace temp table lives as
select
    issue_id,
    min(night) as first_seen_at,
    arg_max(event, night) as last_event,
    max(night) filter (where event = 'resolved') as last_resolved,
    max(night) filter (where event <> 'resolved') as last_opened,
    count(*) filter (where event = 'reopened') as reopened_count
from quality.issue_events group by issue_id
"""

# What an issue says: tonight's finding, else what was seen when it was last opened.
ISSUES = """
with shown as (
    select {names} from tonight
    union all
    select {names}
    from quality.issue_events as events
    inner join (select issue_id, last_opened as night from lives) using (issue_id, night)
    anti join tonight using (issue_id)
    where event <> 'resolved'
)
select
    lives.issue_id,
    shown.rule_id,
    rules.severity,
    rules.owner_department,
    coalesce(decided.assignee, decided_together.assignee) as assignee,
    rules.entity as entity_type,
    shown.entity_id,
    shown.source,
    shown.instance,
    shown.table_name,
    shown.record_key,
    shown.record_url,
    shown.field,
    shown.observed,
    shown.expected,
    shown.money_at_risk,
    shown.currency,
    cast(cast(shown.money_at_risk as decimal(22, 6)) * night_rates.rate as decimal(18, 2)) as money_at_risk_reporting,
    shown.suggested_fix,
    shown.proposed_value,
    case
        when lives.last_event = 'resolved' then 'resolved'
        when coalesce(decided.until, decided_together.until) >= date '{night}' then 'waived'
        when lives.last_event = 'reopened' then 'reopened'
        else 'open'
    end as status,
    lives.first_seen_at,
    case when lives.last_event = 'resolved' then lives.last_resolved else date '{night}' end as last_seen_at,
    cast(1 + date_diff('day', lives.last_opened, case when lives.last_event = 'resolved' then lives.last_resolved - 1 else date '{night}' end) as integer) as nights_open,
    case when lives.last_event = 'resolved' then lives.last_resolved end as resolved_at,
    lives.reopened_count,
    coalesce(decided.until, decided_together.until) as waived_until,
    incident_of.incident_id
from lives
inner join shown using (issue_id)
inner join incident_of using (issue_id)
left join quality.rules on rules.rule_id = shown.rule_id
left join night_rates on shown.currency = night_rates.currency
left join decided on lives.issue_id = decided.issue_id
left join decided as decided_together on incident_of.incident_id = decided_together.issue_id
"""
