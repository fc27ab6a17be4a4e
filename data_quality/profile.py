"""What each column of a source table holds: rows, empty cells, distinct values, and the range of numbers and times.

One pass per table, in the engine. No value of a text column is kept: it may be somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import duckdb

# What a column is to the profile: a range is kept of numbers and times only.
Kind = Literal["number", "time", "other"]
Columns = Mapping[str, Kind]
PROFILE = {
    "night": "date", "source": "varchar", "instance": "varchar", "table_name": "varchar", "column_name": "varchar",
    "rows": "bigint", "nulls": "bigint", "distinct_values": "bigint", "min_value": "varchar", "max_value": "varchar",
    "mean_value": "double",
}  # fmt: skip
CAST = {"number": "decimal(38, 6)", "time": "timestamptz"}


def profile_tables(
    con: duckdb.DuckDBPyConnection, night: date, tables: Mapping[tuple[str, str], Columns]
) -> None:
    """Fill ops.column_profile: the given tables (source, table) as they are tonight, others as last seen.

    raw_state.column_profile holds what earlier nights saw.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in PROFILE.items())
    con.execute(f"create or replace table ops.column_profile ({columns})")
    for (source, table), kinds in tables.items():
        found = con.execute(table_sql(source, table, kinds)).fetchall()
        rows = [one for row in found for one in column_rows(night, source, table, kinds, row)]
        if rows:
            con.executemany(
                f"insert into ops.column_profile values ({', '.join('?' for _ in PROFILE)})", rows
            )
    con.execute(
        f"""insert into ops.column_profile
        select {", ".join(PROFILE)} from raw_state.column_profile
        anti join (select distinct source, instance, table_name from ops.column_profile) as fresh using (source, instance, table_name)
        qualify night = max(night) over (partition by source, instance, table_name)"""
    )


def table_sql(source: str, table: str, kinds: Columns) -> str:
    """One row per instance: the number of rows, then five figures per column."""
    figures = ", ".join(figure for name, kind in kinds.items() for figure in column_figures(name, kind))
    return (
        f'select _instance, count(*), {figures} from "raw_{source}"."{table}" group by _instance order by 1'
    )


def column_figures(name: str, kind: Kind) -> list[str]:
    """SQL of a column's filled cells, distinct values, least, greatest and mean."""
    column = f'"{name}"'
    figures = [f"count({column})", f"approx_count_distinct({column})"]
    if kind == "other":
        return [*figures, "null", "null", "null"]
    value = f"try_cast({column} as {CAST[kind]})"
    # summed as decimals: the mean must not depend on the order of rows
    exact = f"try_cast({column} as decimal(30, 6))"
    mean = f"cast(sum({exact}) as double) / count({exact})" if kind == "number" else "null"
    return [*figures, f"cast(min({value}) as varchar)", f"cast(max({value}) as varchar)", mean]


def column_rows(
    night: date, source: str, table: str, kinds: Columns, row: Sequence[Any]
) -> Iterator[list[Any]]:
    """The figures of one instance as one row per column."""
    instance, rows = row[:2]
    for place, name in enumerate(kinds):
        filled, distinct, least, greatest, mean = row[2 + 5 * place : 7 + 5 * place]
        yield [night, source, instance, table, name, rows, rows - filled, distinct, least, greatest, mean]
