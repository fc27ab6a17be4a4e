"""Commands that read: status, check, sql, report, versions."""

import webbrowser
from pathlib import Path
from typing import Any

import click
import duckdb

from orchestration.errors import NothingPublished, SettingsError
from orchestration.publish import versions as store
from orchestration.report.summary import print_rows, wide
from orchestration.settings import Settings, load_settings

RUNS_SHOWN = 5
ROWS_SHOWN = 200


def published_file(settings: Settings, steward: bool = False) -> Path:
    """The newest published file.

    Raises:
        NothingPublished: no night has been published yet.
    """
    path = settings.steward_file if steward else settings.analyst_file
    if not path.exists():
        raise NothingPublished(
            f"Nothing is published in {settings.published} yet. Run `onefunnel run` first."
        )
    return path


@click.command()
def status() -> None:
    """Show the last runs, sources, open issues, the published version, a blocked candidate and why."""
    from orchestration.guards import is_running
    from orchestration.report.changes import print_changes
    from orchestration.report.figures import figures
    from orchestration.runner import summary_of
    from orchestration.runs import all_runs

    settings, console = load_settings(), wide()
    print_rows(console, "Runs", [summary_of(run) for run in all_runs(settings.home)[-RUNS_SHOWN:]])
    if is_running(settings.home):
        console.print("A run is under way.")
    for one in store.blocked_candidates(settings.published):
        console.print(
            f"[red]Blocked[/red] {one['run_id']}: {'; '.join(reason(failure) for failure in one['failures'])}"
        )
        console.print(
            '  Look at it with `onefunnel sql --candidate`, let it through with `onefunnel release --why "..."`.'
        )
    if not settings.analyst_file.exists():
        console.print(
            f"Nothing is published in {settings.published} yet. `onefunnel demo`, then `onefunnel run`.",
            soft_wrap=True,
        )
        return
    shown = figures(settings.analyst_file)
    print_rows(console, "Sources", shown["sources"])
    print_rows(console, "Open issues", shown["issues"])
    print_changes(console, settings.analyst_file)
    for row in shown["held"]:
        console.print(
            f"[red]held[/red] {row['delivery_id']} {row['source']}.{row['table_name']} {row['night']}: {row['why']}"
        )
    console.print(f"Published: {store.current(settings.published)}, {settings.analyst_file}", soft_wrap=True)


def reason(failure: Any) -> str:
    """A gate failure in words."""
    return (
        f"{failure.get('check', '')}: {failure.get('message', '')}"
        if isinstance(failure, dict)
        else str(failure)
    )


@click.command()
@click.option("--deep", is_flag=True, help="Also every archive hash, lake part and count.")
def check(deep: bool) -> None:
    """Check configuration, folders, specs, free disk and versions: what is wrong and how to mend it."""
    from orchestration.doctor import deep_findings, findings

    settings = load_settings()
    found = findings(settings) + (deep_findings(settings) if deep else [])
    for one in found:
        click.echo(f"{'ok   ' if one.is_good else 'WRONG'} {one.what}")
    wrong = [one for one in found if not one.is_good]
    if wrong:
        raise SettingsError(f"{len(wrong)} of {len(found)} checks failed; the lines above say what to mend.")


@click.command()
@click.argument("query", required=False)
@click.option("--steward", is_flag=True, help="Read the steward file, personal columns in the clear.")
@click.option("--candidate", is_flag=True, help="Read the newest blocked candidate.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
def sql(query: str | None, steward: bool, candidate: bool, as_csv: bool) -> None:
    """Run a read-only query on the published file, or a shell without one.

    Example: onefunnel sql "select * from mart_finance.rpt_mrr_monthly order by month desc limit 5"
    """
    settings = load_settings()
    path = newest_candidate(settings) if candidate else published_file(settings, steward)
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        if query:
            answer(con, query, as_csv)
            return
        click.echo(f"{path}, read-only. One query per line; leave with an empty line.")
        while line := click.prompt("sql", default="", show_default=False):
            try:
                answer(con, line, as_csv)
            except click.ClickException as problem:
                problem.show()


def newest_candidate(settings: Settings) -> Path:
    """The file of the newest blocked candidate."""
    blocked = store.blocked_candidates(settings.published)
    if not blocked:
        raise NothingPublished("No candidate is blocked. `onefunnel status` shows the published version.")
    return settings.published / "candidates" / f"{blocked[-1]['run_id']}.duckdb"


def answer(con: duckdb.DuckDBPyConnection, query: str, as_csv: bool) -> None:
    """Print a query's rows; a wrong query is wrong usage."""
    try:
        found = con.sql(query)
    except duckdb.Error as problem:
        raise click.UsageError(str(problem)) from problem
    if found is None:
        return
    if as_csv:
        click.echo(found.df().to_csv(index=False), nl=False)
    else:
        found.show(max_rows=ROWS_SHOWN)


@click.command()
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
def report(open_it: bool) -> None:
    """Say where the report is, or open it."""
    path = load_settings().published / "report" / "index.html"
    if not path.exists():
        raise NothingPublished(f"{path}: no report yet. Run `onefunnel run` first.")
    click.echo(str(path))
    if open_it:
        webbrowser.open(path.as_uri())


@click.group()
def versions() -> None:
    """List published versions, or go back to one."""


@versions.command("list")
def list_versions() -> None:
    """List the versions that are kept; * is the published one."""
    settings = load_settings()
    now = store.current(settings.published)
    for one in store.versions(settings.published):
        click.echo(f"{'*' if one['run_id'] == now else ' '} {one['run_id']}  night {one['night']}")


@versions.command()
@click.argument("run_id")
def rollback(run_id: str) -> None:
    """Publish an earlier version again; the next night publishes a new one.

    Example: onefunnel versions rollback 2026-06-29-001
    """
    from orchestration.guards import check_home, run_lock

    settings = load_settings()
    check_home(settings.home)
    with run_lock(settings.home):
        store.roll_back(settings.published, run_id)
    click.echo(f"Published {run_id} as {settings.analyst_file}.")
