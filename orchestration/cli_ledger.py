"""Commands about issues and deliveries. They read the published file; decisions wait for the next run."""

from datetime import datetime
from typing import Any

import click
import duckdb

from orchestration.cli_read import newest_candidate, published_file
from orchestration.decisions import append_decision, read_decisions
from orchestration.errors import UnknownDelivery
from orchestration.publish.versions import blocked_candidates
from orchestration.report.summary import print_rows, wide
from orchestration.settings import Settings, load_settings, today

SHOWN = 50
# Each sorted by money in one currency: 900 yen are less than 900 euros.
INCIDENTS = """
    select incident_id, rule_id, owner_department as owner, severity, concat_ws('/', source, table_name) as "table",
        open_records as records, money_at_risk, currency, first_seen_at as since, status, assignee, sample_keys
    from quality.incidents
    where {conditions}
    order by incidents.money_at_risk desc, records desc, rule_id, incident_id limit ?"""
RECORDS = """
    select issues.issue_id, issues.rule_id, issues.owner_department as owner, issues.severity,
        concat_ws('/', issues.source, issues.table_name, issues.record_key) as record, issues.field,
        issues.money_at_risk::decimal(18, 2) as money_at_risk, issues.currency, nights_open as nights, issues.status, issues.assignee
    from quality.issues as issues
    where {conditions}
    order by issues.money_at_risk_reporting desc nulls last, rule_id, issue_id limit ?"""


def rows(settings: Settings, sql: str, values: list[Any] | dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the newest steward file, or of the blocked candidate when nothing is published."""
    blocked = blocked_candidates(settings.published)
    path = (
        newest_candidate(settings)
        if blocked and not settings.steward_file.exists()
        else published_file(settings, steward=True)
    )
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        found = con.execute(sql, values)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def print_fields(one: dict[str, Any]) -> None:
    """One record, a line per filled field."""
    for name, value in one.items():
        if value is not None:
            click.echo(f"{name.replace('_', ' '):<18} {value}")


@click.group()
def issues() -> None:
    """The ledger of inconsistent records."""


@issues.command("list")
@click.option("--department", help="Only issues that this department owns.")
@click.option("--rule", help="Only issues of this rule, such as crm/email_is_valid.")
@click.option(
    "--severity", type=click.Choice(["error", "warning", "info"]), help="Only issues of this severity."
)
@click.option("--source", help="Only issues of records of this tool.")
@click.option("--assignee", help="Only issues assigned to this person.")
@click.option("--incident", help="Only this incident's issues; implies --records.")
@click.option(
    "--status",
    type=click.Choice(["open", "reopened", "resolved", "waived"]),
    help="Only issues of this status.",
)
@click.option("--changed", is_flag=True, help="Only incidents that changed in the last night.")
@click.option("--records", is_flag=True, help="One line per record instead of one per cause.")
@click.option("--all", "everything", is_flag=True, help="Every record, resolved and waived ones too.")
@click.option("--limit", default=SHOWN, show_default=True, type=click.IntRange(1))
def list_issues(everything: bool, records: bool, changed: bool, limit: int, **filters: str | None) -> None:
    """List causes by money at risk: a bad import of 4,000 contacts is one line. --records lists the records.

    Example: onefunnel issues list --department finance --severity error
    """
    if changed and (everything or records or filters["incident"]):
        raise click.UsageError(
            "--changed is about incidents: it goes with neither --all, --records nor --incident."
        )
    columns = {"department": "owner_department", "rule": "rule_id", "incident": "incident_id"}
    given = {columns.get(name, name): value for name, value in filters.items() if value is not None}
    by_record = everything or records or "incident_id" in given or given.get("status") == "reopened"
    conditions = [f"{column} = ?" for column in given]
    if changed:
        conditions.append("opened_tonight + reopened_tonight + resolved_tonight > 0")
    elif not everything and "status" not in given and "incident_id" not in given:
        conditions.append("status not in ('resolved', 'waived')")
    sql = (RECORDS if by_record else INCIDENTS).format(conditions=" and ".join(conditions) or "true")
    found = rows(load_settings(), sql, [*given.values(), limit])
    print_rows(wide(), "", found)
    kind = "issues" if by_record else "incidents"
    click.echo(f"{len(found)} {kind}{' (there may be more: --limit)' if len(found) == limit else ''}.")
    if found and not by_record:
        click.echo("Next: onefunnel issues show INCIDENT · onefunnel issues list --incident INCIDENT")


@issues.command("show")
@click.argument("issue_id")
def show_issue(issue_id: str) -> None:
    """Show one issue or incident: what was observed and expected, money at risk, the suggested fix and why it matters.

    Example: onefunnel issues show 3f9c
    """
    kind = "incident" if issue_id.startswith("inc_") else "issue"
    sql = f"""
        select found.*, rules.sentence, rules.why, rules.money_rule, rules.fix from quality.{kind}s as found
        left join quality.rules as rules on found.rule_id = rules.rule_id
        where starts_with(found.{kind}_id, ?) order by found.{kind}_id limit 2"""
    found = rows(load_settings(), sql, [issue_id])
    print_fields(the_one(found, issue_id, kind, "onefunnel issues list"))


@issues.command()
@click.argument("issue_id")
@click.argument("assignee")
@click.option("--why", default="assigned", show_default=True, help="The reason, kept beside it.")
def assign(issue_id: str, assignee: str, why: str) -> None:
    """Say who takes care of an issue, or of an incident with all its issues; from the next run on.

    Example: onefunnel issues assign iss_3f9c ada@example.com
    """
    if not assignee.strip():
        raise click.BadParameter("Say who takes care of it.", param_hint="ASSIGNEE")
    settings = load_settings()
    one = issue_of(settings, issue_id)
    path = append_decision(
        settings, "issue_assignments", why, issue_id=one["issue_id"], assignee=assignee.strip()
    )
    click.echo(f"{one['issue_id']} ({one['rule_id']}) is assigned to {assignee.strip()}, written to {path}.")
    click.echo("The next `onefunnel run` applies it.")


@issues.command()
@click.argument("issue_id")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day of the waiver, as 2026-12-31."
)
@click.option("--why", required=True, help="The reason, kept in company/decisions/issue_waivers.csv.")
def waive(issue_id: str, until: datetime, why: str) -> None:
    """Leave an issue or incident out until a day; it comes back by itself if it is still there.

    Example: onefunnel issues waive iss_3f9c --until 2026-12-31 --why "contract is being rewritten"
    """
    settings = load_settings()
    one = issue_of(settings, issue_id)
    if until.date() < today():
        raise click.BadParameter(f"{until.date()} is past; give today or a later day.", param_hint="--until")
    path = append_decision(
        settings, "issue_waivers", why, issue_id=one["issue_id"], until=until.date().isoformat()
    )
    click.echo(f"{one['issue_id']} ({one['rule_id']}) is waived until {until.date()}, written to {path}.")
    click.echo("The next `onefunnel run` applies it.")


@issues.command()
@click.argument("issue_id")
def history(issue_id: str) -> None:
    """Tell an issue's life: opened, resolved, reopened by night, and what people decided.

    Example: onefunnel issues history iss_3f9c
    """
    settings = load_settings()
    one = issue_of(settings, issue_id)
    events = rows(
        settings,
        """
        select night::varchar as "when", event, observed, expected, money_at_risk::decimal(18, 2) as money_at_risk, currency
        from quality.issue_events where issue_id = ? order by night""",
        [one["issue_id"]],
    )
    print_rows(wide(), f"{one['issue_id']}  {one['rule_id']}", events)
    decided = [
        {"when": line["when"], "decision": said, "who": line["who"], "why": line["why"]}
        for kind, field in (("issue_assignments", "assignee"), ("issue_waivers", "until"))
        for line in read_decisions(settings, kind)
        if line["issue_id"] == one["issue_id"]
        for said in [f"{'assigned to' if field == 'assignee' else 'waived until'} {line[field]}"]
    ]
    print_rows(wide(), "Decisions", sorted(decided, key=lambda line: line["when"]))


@issues.command()
@click.option("--source", help="Only this tool's files.")
@click.option("--rule", help="Only issues of this rule, such as crm/email_is_valid.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
def fixes(source: str | None, rule: str | None, dry_run: bool) -> None:
    """Write the files that a tool imports to make its records right, for open issues whose right value is known.

    Import them into the tool; its next export proves the fix, or the issue stays open. A file may be edited before.

    Example: onefunnel issues fixes --source hubspot --dry-run
    """
    from connectors.spec import load_specs
    from data_quality.fixes import Fix, refusal, write_fixes

    settings = load_settings()
    sql = """
        select issue_id, source, instance, table_name, record_key, field, observed as before, proposed_value as after
        from quality.issues
        where status in ('open', 'reopened') and (? is null or source = ?) and (? is null or rule_id = ?)
        order by issue_id"""
    found = rows(settings, sql, [source, source, rule, rule])
    known = [Fix(**one) for one in found if one["after"] is not None and one["field"] is not None]
    headers = import_headers(load_specs(extra=settings.specs))
    refused = {fix.issue_id: why for fix in known if (why := refusal(fix, headers))}
    folder = settings.published / "fixes"
    files = write_fixes(
        [fix for fix in known if fix.issue_id not in refused], folder, headers, dry_run=dry_run
    )
    for file in files:
        click.echo(f"{'would write' if dry_run else 'wrote'} {file.records} records: {file.path}")
    for issue_id, why in sorted(refused.items()):
        click.echo(f"by hand: {issue_id}: {why}")
    fixed = sum(file.records for file in files)
    click.echo(f"{fixed} of {len(found)} open issues have a fix file; the others need a person's decision.")


# What conformed tables call a field → what a tool's own table may call it.
TOOL_NAMES = {
    "owner": ("owner_id", "owner_name", "owner_email"), "closed_at": ("close_date",), "lifecycle_stage": ("account_type",),
    "expected_close": ("close_date",), "source_channel": ("lead_source", "original_source", "source"),
}  # fmt: skip


def import_headers(specs: dict[str, Any]) -> dict[tuple[str, ...], str]:
    """The headers by which a tool imports a table's key and columns: the first form that its spec knows each by."""
    headers: dict[tuple[str, ...], str] = {}
    for source in specs.values():
        for table in source.tables.values():
            for name, column in table.columns.items():
                header = column.forms[0].header if column.forms else name
                headers[source.source, table.name, name] = header
                if table.key == [name]:
                    headers[source.source, table.name] = header
            for field, names in TOOL_NAMES.items():
                known = [name for name in names if (source.source, table.name, name) in headers]
                if known and field not in table.columns:
                    headers[source.source, table.name, field] = headers[source.source, table.name, known[0]]
    return headers


def issue_of(settings: Settings, issue_id: str) -> dict[str, Any]:
    """The issue, or the incident with all its issues, of an id or of its beginning."""
    sql = """
        select issue_id, rule_id from quality.issues where starts_with(issue_id, $1)
        union all
        select incident_id, rule_id from quality.incidents where starts_with(incident_id, $1)
        order by issue_id limit 2"""
    return the_one(rows(settings, sql, [issue_id]), issue_id, "issue", "onefunnel issues list")


def the_one(found: list[dict[str, Any]], given: str, kind: str, listing: str) -> dict[str, Any]:
    """The single match of an id or of its beginning."""
    if len(found) != 1:
        count = "no" if not found else "more than one"
        raise UnknownDelivery(f"{given!r} matches {count} {kind}. `{listing}` lists them.")
    return found[0]


@click.group()
def exports() -> None:
    """Deliveries, held ones and why."""


@exports.command("list")
@click.option("--held", is_flag=True, help="Only deliveries that wait for a decision.")
@click.option("--limit", default=SHOWN, show_default=True, type=click.IntRange(1))
def list_exports(held: bool, limit: int) -> None:
    """List deliveries, newest night first."""
    found = deliveries(load_settings(), "", held, limit)
    print_rows(wide(), "", found)
    click.echo(f"{len(found)} deliveries.")


@exports.command("show")
@click.argument("delivery_id")
def show_export(delivery_id: str) -> None:
    """Show one delivery: its files, where each record went, and why it is held.

    Example: onefunnel exports show 1f0c
    """
    settings = load_settings()
    one = the_one(
        deliveries(settings, delivery_id, False, 2), delivery_id, "delivery", "onefunnel exports list"
    )
    print_fields(one)
    for entry in entries(settings, one["delivery_id"]):
        click.echo(
            f"  {entry.file}: {entry.rows_physical} records: {entry.rows_loaded} loaded, {entry.rows_quarantined} quarantined, "
            f"{entry.rows_skipped} skipped, {entry.rows_collapsed} collapsed, {entry.rows_forgotten} forgotten"
        )


@exports.command()
@click.argument("delivery_id")
@click.option("--why", required=True, help="The reason, kept in company/decisions/exports.csv.")
def accept(delivery_id: str, why: str) -> None:
    """Let a held delivery in at the next run.

    Example: onefunnel exports accept 1f0c --why "we did delete the old leads"
    """
    decide(delivery_id, "accept", why)


@exports.command()
@click.argument("delivery_id")
@click.option("--why", required=True, help="The reason, kept in company/decisions/exports.csv.")
def refuse(delivery_id: str, why: str) -> None:
    """Keep a delivery out, at the next run too.

    Example: onefunnel exports refuse 1f0c --why "exported with the wrong filter"
    """
    decide(delivery_id, "refuse", why)


def decide(delivery_id: str, decision: str, why: str) -> None:
    """Append a decision about one delivery."""
    settings = load_settings()
    one = the_one(
        deliveries(settings, delivery_id, False, 2), delivery_id, "delivery", "onefunnel exports list"
    )
    path = append_decision(settings, "exports", why, delivery_id=str(one["delivery_id"]), decision=decision)
    click.echo(
        f"{decision} {one['delivery_id']} ({one['source']}.{one['table_name']}, night {one['night']}), written to {path}."
    )
    click.echo("The next `onefunnel run` applies it.")


def entries(settings: Settings, delivery_id: str) -> list[Any]:
    """The manifest's lines of one delivery."""
    return [entry for entry in manifest(settings) if entry.delivery_id == delivery_id]


def manifest(settings: Settings) -> list[Any]:
    """The manifest with all decisions applied: it is there even when nothing could be published."""
    from datetime import date

    from connectors.manifest import read_manifest

    return read_manifest(settings.home, date.max)


def deliveries(settings: Settings, prefix: str, held: bool, limit: int) -> list[dict[str, Any]]:
    """Deliveries whose id begins so, newest first: one line each."""
    found: dict[str, dict[str, Any]] = {}
    for entry in sorted(
        manifest(settings), key=lambda one: (one.night, one.source, one.table_name), reverse=True
    ):
        if not entry.delivery_id.startswith(prefix) or (held and entry.state != "held"):
            continue
        line = found.setdefault(
            entry.delivery_id,
            {
                "delivery_id": entry.delivery_id, "night": entry.night, "source": entry.source, "instance": entry.instance,
                "table_name": entry.table_name, "files": 0, "records": 0, "state": entry.state, "why": entry.why or "",
            },
        )  # fmt: skip
        line["files"] += 1
        line["records"] += entry.rows_physical
    return list(found.values())[:limit]
