"""The summary on the terminal after a run."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.report.figures import figures
from orchestration.settings import Settings

SHOWN = 8
PIPE_WIDTH = 180
MRR = [
    "month", "opening", "new", "expansion", "reactivation", "contraction", "churn", "fx", "closing", "accounts"
]  # fmt: skip


def wide() -> Console:
    """A console as wide as the terminal; into a file or pipe, wide enough for a table."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def print_summary(console: Console, settings: Settings) -> None:
    """Files and rows, what changed among the issues, MRR, and where to look next."""
    from orchestration.report.changes import print_changes

    shown = figures(settings.analyst_file)
    for row in shown["files"]:
        console.print(
            f"{row['files']} files tonight, {row['physical']:,} records: {row['loaded']:,} loaded, "
            f"{row['quarantined']:,} quarantined, {row['skipped']:,} skipped, {row['collapsed']:,} collapsed"
            + (f", {row['forgotten']:,} of forgotten people kept out" if row["forgotten"] else "")
        )
    for row in shown["held"]:
        console.print(
            f"[red]held[/red] {row['source']}.{row['table_name']} {row['night']} ({row['delivery_id']}): {row['why']}"
        )
    print_changes(console, settings.analyst_file)
    print_rows(console, "MRR", shown["mrr"][:3], MRR)
    print_rows(console, "Funnel", shown["funnel"][:SHOWN])
    console.print(f"Published: {settings.analyst_file}", soft_wrap=True)
    console.print(f"Report:    {settings.published / 'report' / 'index.html'}", soft_wrap=True)
    console.print("Next:      onefunnel issues list · onefunnel status · onefunnel sql · onefunnel ui")


def print_rows(
    console: Console, title: str, rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()
) -> None:
    """Rows as a table; nothing when there are none."""
    if not rows:
        return
    names = list(columns) or list(rows[0])
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in names:
        is_number = isinstance(rows[0][name], int | float | Decimal) and not isinstance(rows[0][name], bool)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(row[name]) for name in names))
    console.print(table)


def cell(value: Any) -> str:
    """A value as it is read: nothing for null, thousands apart for numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float | Decimal) else str(value)
