"""Builds the analyst and the steward file beside the published ones, from the private warehouse."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import CandidateInvalid
from orchestration.publish.comments import Comments, apply_comments, comments_of
from orchestration.publish.privacy import analyst_column, hash_key, personal_columns

PUBLISHED = (
    "schema_name like 'mart\\_%' escape '\\' or schema_name in ('metrics', 'quality', 'identity', 'ops')"
)
WORKING = {("quality", "violations")}  # tonight's findings on their way to the ledger
Tables = dict[tuple[str, str], list[tuple[str, str]]]


@dataclass(frozen=True)
class Candidate:
    """The two files of one run, not yet published."""

    analyst: Path
    steward: Path
    rows: dict[str, int]


def build_candidate(
    warehouse: Path, published: Path, run_id: str, manifest: Mapping[str, Any], home: Path
) -> Candidate:
    """Copy the published schemas into two new files with comments, and check them against the warehouse.

    Raises:
        CandidateInvalid: a copy differs from the warehouse in tables, rows, columns or comments.
    """
    folder = published / "candidates"
    folder.mkdir(parents=True, exist_ok=True)
    comments, personal = comments_of(manifest), personal_columns(manifest)
    paths = {"analyst": folder / f"{run_id}.duckdb", "steward": folder / f"{run_id}.steward.duckdb"}
    rows: dict[str, int] = {}
    for audience, path in paths.items():
        temporary = path.with_name(f"{path.name}.tmp")
        discard(temporary)
        hide = personal if audience == "analyst" else None
        rows = _copy(warehouse, temporary, comments, hide, hash_key(home))
        _validate(temporary, rows, comments)
        temporary.chmod(0o444)
        _flush(temporary)
        temporary.replace(path)
    return Candidate(paths["analyst"], paths["steward"], rows)


def discard(path: Path) -> None:
    """Remove a database file and its log, if they are there."""
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _copy(
    warehouse: Path,
    target: Path,
    comments: Comments,
    personal: Mapping[tuple[str, str], set[str]] | None,
    key: str,
) -> dict[str, int]:
    """Copy every published table; with `personal`, those columns as keyed hashes. Returns rows by table."""
    rows: dict[str, int] = {}
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"set variable hash_key = '{key}'")
        con.execute(f"attach '{target}' as target")
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        for (schema, table), columns in published_tables(con, "warehouse").items():
            hidden = (personal or {}).get((schema, table), set())
            shown = [
                analyst_column(n, k, n in hidden) if personal is not None else f'"{n}"' for n, k in columns
            ]
            con.execute(f'create schema if not exists target."{schema}"')
            con.execute(
                f'create table target."{schema}"."{table}" as select {", ".join(shown)} from warehouse."{schema}"."{table}"'
            )
            found = con.execute(f'select count(*) from warehouse."{schema}"."{table}"').fetchone()
            rows[f"{schema}.{table}"] = int(found[0]) if found else 0
        apply_comments(con, "target", comments)
        con.execute("detach warehouse")
        con.execute("checkpoint target")
        con.execute("detach target")
    return rows


def published_tables(con: duckdb.DuckDBPyConnection, database: str) -> Tables:
    """(schema, table) → its columns and their types, for the schemas that are published."""
    found = con.execute(
        f"select schema_name, table_name, column_name, data_type from duckdb_columns() "
        f"where database_name = ? and ({PUBLISHED}) order by schema_name, table_name, column_index",
        [database],
    ).fetchall()
    tables: Tables = {}
    for schema, table, column, kind in found:
        if (schema, table) in WORKING:
            continue
        tables.setdefault((schema, table), []).append((column, kind))
    return tables


def _validate(path: Path, rows: Mapping[str, int], comments: Comments) -> None:
    """Open the file as a reader would: every table is there with its rows, and no description was lost."""
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables()"
        ).fetchall()
        for name, expected in rows.items():
            found = con.execute(f"select count(*) from {name}").fetchone()
            if found is None or found[0] != expected:
                raise CandidateInvalid(
                    f"{path.name}: {name} holds {found} rows, the warehouse {expected}. Run the night again."
                )
        described = {f"{schema}.{table}" for (schema, table), (text, _) in comments.items() if text}
        lost = sorted(name for name, comment in tables if not comment and name in described)
        if lost:
            raise CandidateInvalid(
                f"{path.name}: the description of {', '.join(lost)} was lost. Run the night again."
            )


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
