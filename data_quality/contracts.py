"""Contracts of raw tables, written from what a spec says: keys, columns, types, and the usual number of rows.

A suite is a list of expectations as gx_adapter reads them. Queries count and return no record, so that no value of one
gets into the documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

Suite = list[dict[str, Any]]
# What canonical text of a type must cast to; other types are text.
TYPES = {
    "integer": "decimal(38, 6)", "number": "double", "money": "decimal(38, 6)", "boolean": "boolean", "date": "date",
    "timestamp": "timestamptz",
}  # fmt: skip
# A delivery of a third or three times the usual size is not the same export.
TIMES = 3
FEWEST_ROWS, FEWEST_NIGHTS = 60, 3


@dataclass(frozen=True)
class RawTable:
    """What a contract needs to know of a source table. `columns` maps names to the spec's types."""

    source: str
    name: str
    key: Sequence[str]
    columns: Mapping[str, str]
    required: Sequence[str]
    is_snapshot: bool

    @property
    def full_name(self) -> str:
        return f"raw_{self.source}.{self.name}"


def raw_suites(con: duckdb.DuckDBPyConnection, tables: Sequence[RawTable], night: date) -> dict[str, Suite]:
    """table → its suite, for every table that an export of the night fed; others are as they were checked before.

    ops.sources must be as fresh as its limits say.
    """
    fed = set(
        con.execute(
            "select distinct source, table_name from ops.exports where night = ? and state = 'accepted' and rows_loaded > 0",
            [night],
        ).fetchall()
    )
    usual = usual_rows(con, night)
    suites: dict[str, Suite] = {
        table.full_name: table_suite(
            table, usual.get((table.source, table.name)) if table.is_snapshot else None
        )
        for table in tables
        if (table.source, table.name) in fed
    }
    late = "select count(*) as late from {batch} where is_late having count(*) > 0"
    suites["ops.sources"] = [counted("every table came within its freshness limit", late)]
    return suites


def usual_rows(con: duckdb.DuckDBPyConnection, night: date) -> dict[tuple[str, str], float]:
    """The median number of rows of a table's earlier nights, all instances together, where there are enough of them."""
    found = con.execute(
        """
        select source, table_name, median(records)
        from (
            select source, table_name, night, sum(delivery_rows) as records
            from (
                select distinct source, instance, table_name, night, delivery_id, delivery_rows
                from ops.exports where state in ('accepted', 'superseded') and night < ?
            )
            group by source, table_name, night
        )
        group by source, table_name having count(*) >= ? and median(records) >= ?""",
        [night, FEWEST_NIGHTS, FEWEST_ROWS],
    ).fetchall()
    return {(source, table): float(records) for source, table, records in found}


def table_suite(table: RawTable, usual: float | None) -> Suite:
    """Keys filled and unique, required columns filled, values of their types, and about as many rows as ever."""
    keys = ", ".join(f'"{name}"' for name in table.key)
    doubled = f"select _instance, {keys} from {{batch}} group by all having count(*) > 1"
    suite: Suite = [
        *({"type": "ExpectColumnValuesToNotBeNull", "column": name} for name in table.key),
        counted("the key is unique", f"select count(*) as doubled from ({doubled}) having count(*) > 0"),
    ]
    if others := [name for name in table.required if name not in table.key]:
        empty = " or ".join(f'count("{name}") = 0' for name in others)
        suite.append(
            counted(
                f"required columns are not empty: {', '.join(others)}",
                f"select count(*) as records from {{batch}} having count(*) > 0 and ({empty})",
            )
        )
    if unread := [
        f'("{name}" is not null and try_cast("{name}" as {TYPES[kind]}) is null)'
        for name, kind in table.columns.items()
        if kind in TYPES
    ]:
        rows = f"select count(*) as unread from {{batch}} where {' or '.join(unread)} having count(*) > 0"
        suite.append(counted("every value is of its column's type", rows))
    if usual:
        low, high = int(usual / TIMES), int(usual * TIMES)
        suite.append({"type": "ExpectTableRowCountToBeBetween", "min_value": low, "max_value": high})
    return suite


def counted(sentence: str, query: str) -> dict[str, Any]:
    """An expectation that a query, which counts, returns nothing."""
    return {"type": "UnexpectedRowsExpectation", "description": sentence, "unexpected_rows_query": query}
