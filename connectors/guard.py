"""The guard: what holds a delivery back, so that a bad export never replaces a good one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.manifest import Entry, read_manifest
from connectors.spec import Table

CONFLICT_LIMIT = 0.05


def last_accepted(home: Path, entry: Entry) -> str | None:
    """The delivery of the same table and instance accepted last before a night; None when there was none."""
    before = [
        other
        for other in read_manifest(home, date.fromordinal(entry.night.toordinal() - 1))
        if (other.source, other.instance, other.table_name)
        == (entry.source, entry.instance, entry.table_name)
        and other.state == "accepted"
    ]
    return max(before, key=lambda other: other.night).delivery_id if before else None


def objection(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    table: Table,
    entries: list[Entry],
    missing: dict[str, list[str]],
) -> str | None:
    """Why a delivery is held, with the remedy; None when it is good."""
    where = f"{entries[0].source}.{table.name}"
    if missing:
        file, columns = next(iter(sorted(missing.items())))
        return f"{where}: {file} has no column '{', '.join(columns)}', which is required. Export it again with that column, or add its new header to the spec."
    rows = entries[0].delivery_rows
    conflicting = entries[0].conflicting_keys
    if conflicting > CONFLICT_LIMIT * max(rows, 1) and conflicting > 1:
        return f"{where}: {conflicting} of {rows} keys ({', '.join(table.key)}) stand in several rows that differ (5 % allowed). Correct `key` in the spec, or export it again."
    return volume_objection(home, table, entries[0], where)


def volume_objection(home: Path, table: Table, entry: Entry, where: str) -> str | None:
    if table.delivery != "snapshot":
        return None
    before = last_accepted(home, entry)
    if before is None:
        return None
    known = next(
        other.delivery_rows for other in read_manifest(home, date.max) if other.delivery_id == before
    )
    fallen = known - entry.delivery_rows
    if fallen >= table.max_drop.rows and fallen > table.max_drop.share * known:
        return (
            f"{where}: {entry.delivery_rows} rows, {known} in the last accepted delivery (a fall of {fallen / known:.0%}; "
            f"{table.max_drop.share:.0%} allowed). Export it again, or let it in: onefunnel exports accept {entry.delivery_id} --why …"
        )
    return None
