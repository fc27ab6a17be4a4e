"""The manifest: one row per delivered file and table, with its night, its counts and whether it was accepted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.state import state_sql, write_state

COLUMNS = {
    "delivery_id": "varchar",
    "source": "varchar",
    "instance": "varchar",
    "table_name": "varchar",
    "file": "varchar",
    "sha256": "varchar",
    "night": "date",
    "rows_physical": "bigint",
    "rows_loaded": "bigint",
    "rows_quarantined": "bigint",
    "rows_skipped": "bigint",
    "rows_collapsed": "bigint",
    "state": "varchar",
    "why": "varchar",
    "skipped_as": "varchar",
    "conflicting_keys": "bigint",
    "cursor_from": "varchar",
    "cursor_to": "varchar",
    "delivery_rows": "bigint",
    "size": "bigint",
    "modified_ns": "bigint",
    "rows_forgotten": "bigint",
}


@dataclass
class Entry:
    """One file of a delivery. `file` is relative to the exports folder; counts are records."""

    delivery_id: str
    source: str
    instance: str
    table_name: str
    file: str
    sha256: str
    night: date
    rows_physical: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    rows_collapsed: int = 0
    state: str = "accepted"
    why: str | None = None
    skipped_as: str | None = None
    conflicting_keys: int = 0
    cursor_from: str | None = None
    cursor_to: str | None = None
    delivery_rows: int = 0
    size: int = 0
    modified_ns: int = 0
    rows_forgotten: int = 0

    @property
    def accounted(self) -> int:
        """Records whose whereabouts are known; must be all of them."""
        return (
            self.rows_loaded
            + self.rows_quarantined
            + self.rows_skipped
            + self.rows_collapsed
            + self.rows_forgotten
        )


def manifest_sql(home: Path, as_of: date) -> str:
    """A select of the manifest up to a night, with later decisions (accept, refuse) applied."""
    recorded = f"""select * replace (coalesce(rows_forgotten, 0) as rows_forgotten)
        from ({state_sql(home, "exports", as_of, COLUMNS)})"""
    decisions = home / "company" / "decisions" / "exports.csv"
    if not decisions.exists():
        return recorded
    kept = ", ".join(f"recorded.{name}" for name in COLUMNS if name != "state")
    return f"""
        select {kept}, case decided.decision when 'accept' then 'accepted' when 'refuse' then 'refused'
            else recorded.state end as state
        from ({recorded}) as recorded
        left join (
            select delivery_id, arg_max(decision, "when") as decision
            from read_csv('{decisions}', header = true, all_varchar = true) group by delivery_id
        ) as decided on recorded.delivery_id = decided.delivery_id"""


def read_manifest(home: Path, as_of: date) -> list[Entry]:
    with duckdb.connect() as con:
        names = ", ".join(COLUMNS)
        order = "night, source, instance, table_name, file"
        rows = con.execute(f"select {names} from ({manifest_sql(home, as_of)}) order by {order}").fetchall()
    return [Entry(**dict(zip(COLUMNS, row, strict=True))) for row in rows]


def write_manifest(home: Path, night: date, entries: list[Entry]) -> None:
    """Replace what the manifest says of a night."""
    ordered = sorted(entries, key=lambda entry: (entry.source, entry.instance, entry.table_name, entry.file))
    with duckdb.connect() as con:
        listed = pa.Table.from_pylist([asdict(entry) for entry in ordered]) if ordered else None
        empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in COLUMNS.items())
        if listed is not None:
            con.register("entries", listed)
        cast = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS.items())
        query = f"select {cast} from entries" if listed is not None else f"select {empty} where false"
        write_state(home, "exports", night, con, query)
