"""What cannot be recomputed: append-only Parquet event files, one per stream and night.

Doing a night again replaces that night's file, whole, by renaming.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.values import literal


def state_file(home: Path, stream: str, night: date) -> Path:
    return home / "state" / stream / f"{night.isoformat()}.parquet"


def write_parquet(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write a query's rows to a Parquet file that is either there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    con.execute(f"copy ({query}) to {literal(str(temporary))} (format parquet, compression zstd)")
    temporary.replace(target)


def write_state(home: Path, stream: str, night: date, con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Replace the events that one night wrote to a stream."""
    write_parquet(con, query, state_file(home, stream, night))


def state_sql(home: Path, stream: str, as_of: date, columns: dict[str, str]) -> str:
    """A select of all events of a stream up to a night, typed as `columns` (name → type) say, even if there are none."""
    files = sorted((home / "state" / stream).glob("[0-9]*.parquet"))
    known = [file for file in files if date.fromisoformat(file.stem) <= as_of]
    cast = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns.items())
    empty = (
        "select "
        + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
        + " where false"
    )
    if not known:
        return empty
    listed = ", ".join(literal(str(file)) for file in known)
    # a column that came later is empty in earlier nights
    return f"select {cast} from ({empty} union all by name select * from read_parquet([{listed}], union_by_name = true))"
