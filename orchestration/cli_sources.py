"""Commands about sources: which there are and how fresh, and a spec drafted from sample files."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from orchestration.errors import SettingsError
from orchestration.report.summary import print_rows, wide
from orchestration.settings import Settings, load_settings

DEPARTMENTS = ["marketing", "sales", "finance", "product", "customer_success", "revops"]


@click.group()
def sources() -> None:
    """Tools whose exports are read; specs, drafted from sample files."""


@sources.command("list")
@click.option("--tables", is_flag=True, help="One line per table.")
@click.option("--delivered", is_flag=True, help="Only sources that have delivered something.")
def list_sources(tables: bool, delivered: bool) -> None:
    """List sources with owner, tables, last night, freshness and rows.

    Example: onefunnel sources list --tables
    """
    found = [one for one in source_lines(load_settings(), tables) if one["last night"] or not delivered]
    print_rows(wide(), "", found)
    click.echo(f"{len({one['source'] for one in found})} sources.")


def source_lines(settings: Settings, by_table: bool) -> list[dict[str, Any]]:
    """One line per source and instance, or per table, from the specs and the manifest."""
    from connectors.manifest import read_manifest
    from connectors.spec import load_specs

    entries = read_manifest(settings.home, date.max)
    newest = max((one.night for one in entries), default=None)
    lines = []
    for source in load_specs(extra=settings.specs).values():
        own = [one for one in entries if one.source == source.source]
        for instance in sorted({one.instance for one in own}) or [""]:
            groups = [[name] for name in source.tables] if by_table else [list(source.tables)]
            for names in groups:
                mine = [one for one in own if one.instance == instance and one.table_name in names]
                delivered = {one.table_name for one in mine}
                last = {name: max(one.night for one in mine if one.table_name == name) for name in delivered}
                late = [
                    name for name, night in last.items()
                    if newest and (newest - night).days * 24 > source.tables[name].max_age_hours
                ]  # fmt: skip
                lines.append(
                    {
                        "source": source.source + (f"@{instance}" if instance else ""), "owner": source.owner,
                        "tables": names[0] if by_table else f"{len(delivered)} of {len(names)}",
                        "last night": max(last.values(), default=None),
                        "freshness": "never delivered" if not last else f"late: {', '.join(sorted(late))}" if late else "in time",
                        "rows": sum(rows_of(mine, name) for name in delivered),
                        "held": sum(one.state == "held" for one in mine),
                    }
                )  # fmt: skip
    return lines


def rows_of(entries: list[Any], table: str) -> int:
    """Rows of a table's newest accepted delivery."""
    good = [one for one in entries if one.table_name == table and one.state == "accepted"]
    return int(max(good, key=lambda one: one.night).delivery_rows) if good else 0


@sources.command()
@click.argument("name")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--owner",
    type=click.Choice(DEPARTMENTS),
    default="revops",
    show_default=True,
    help="Department that owns the tool.",
)
def add(name: str, files: tuple[Path, ...], owner: str) -> None:
    """Draft the spec of a new source from sample files: headers, guessed types, and a key.

    It is written to company/specs/NAME.yaml to be looked over; files of the same names are read from then on.

    Example: onefunnel sources add mailtool ~/Downloads/subscribers-2026-06-30.csv --owner marketing
    """
    from connectors.draft import draft_tables
    from connectors.errors import ConnectorError
    from connectors.spec import SPECS, load_spec
    from orchestration.spec_draft import spec_text

    settings = load_settings()
    target = settings.specs[0] / f"{name}.yaml"
    for taken in (SPECS / f"{name}.yaml", target):
        if taken.exists():
            raise SettingsError(f"{name} has a spec already: {taken}. Edit it, or choose another name.")
    try:
        drafted = draft_tables(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        trial = target.with_suffix(".draft") / target.name
        trial.parent.mkdir(exist_ok=True)
        try:
            trial.write_text(spec_text(name, owner, drafted), encoding="utf-8")
            load_spec(trial)
            trial.replace(target)
        finally:
            trial.unlink(missing_ok=True)
            trial.parent.rmdir()
    except ConnectorError as problem:
        raise SettingsError(str(problem)) from problem
    for one in drafted:
        doubt = "" if one.unique_key else ", which is not unique in the sample"
        click.echo(
            f"{one.name}: {one.rows} rows, {len(one.table.columns)} columns, key {', '.join(one.table.key)}{doubt}"
        )
        for column, count in one.unread.items():
            click.echo(f"  {column}: {count} cells cannot be read as {one.table.columns[column].type}")
    click.echo(
        f"Written to {target}. Look it over, put exports in {settings.exports / name}, then: onefunnel run"
    )
