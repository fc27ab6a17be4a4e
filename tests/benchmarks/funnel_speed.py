"""How long the whole dbt build takes, and whether every mart answers a dashboard's query in time.

    python -m tests.benchmarks.funnel_speed [--accounts 20000] [--home DIR] [--limit 100]

Writes a demo company into a temporary home and works off its night, or reads a home that is there. Builds all models again on
a copy of its warehouse, and prints the seconds, the slowest models, and for every published mart the median milliseconds of
a query that groups by its month and its shortest list of names and adds up its figures. Ends with 1 if one is over the limit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.homes import onefunnel

ROUNDS = 5
PERIODS = ("month", "period_start", "period", "due_month", "usage_date", "day", "night")
SUMMED = ("BIGINT", "INTEGER", "DOUBLE", "DECIMAL", "HUGEINT")
FEW = 60


def dashboard_query(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Group by the period and the names with few values; count and add up the rest."""
    columns = con.execute(f"describe {table}").fetchall()
    periods = [name for name, *_ in columns if name in PERIODS][:1]
    names = [name for name, kind, *_ in columns if kind == "VARCHAR"]
    few = [
        name
        for name in names
        if int(con.execute(f"select approx_count_distinct({name}) from {table}").fetchall()[0][0]) <= FEW
    ][:2]
    sums = [
        f"sum({name}) as {name}"
        for name, kind, *_ in columns
        if kind.startswith(SUMMED) and name not in periods
    ]
    keys = [*periods, *few]
    grouped = f" group by {', '.join(keys)} order by {', '.join(keys)} desc limit 500" if keys else ""
    return f"select {', '.join([*keys, 'count(*) as rows_found', *sums])} from {table}{grouped}"


def milliseconds(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        con.execute(sql).fetchall()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def queries(home: Path, limit: float) -> bool:
    """Print the slowest marts; whether all are within the limit."""
    published = home / "published" / "onefunnel.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
        marts = [
            (f"{schema}.{table}", rows)
            for schema, table, rows in con.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables() "
                "where schema_name like 'mart_%' or schema_name = 'metrics' order by 1, 2"
            ).fetchall()
        ]
        measured = sorted(
            ((milliseconds(con, dashboard_query(con, table)), rows, table) for table, rows in marts),
            reverse=True,
        )
    slow = [table for spent, _, table in measured if spent > limit]
    print(
        f"\n{len(measured)} marts; the slowest dashboard queries (median of {ROUNDS}, limit {limit:.0f} ms):"
    )
    for spent, rows, table in measured[:12]:
        print(f"  {table:<50} {rows:>10,} rows  {spent:8.1f} ms")
    print(f"{len(slow)} over the limit")
    return not slow


def build(home: Path) -> bool:
    """Every model and its tests once more, on a copy of the warehouse; whether all went well."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse.duckdb"
        shutil.copy(home / "warehouse.duckdb", warehouse)
        os.environ["ONEFUNNEL_HOME"] = str(home)
        from orchestration.resources import dbt_of
        from orchestration.settings import export_environment, load_settings

        settings = load_settings()
        export_environment(settings, warehouse)
        dbt = dbt_of(settings)
        dbt.manifest()
        started = time.perf_counter()
        results = dbt.build([])
        spent = time.perf_counter() - started
    wrong = [one for one in results if one.status not in ("success", "pass", "warn")]
    for one in [one for one in wrong if one.status != "skipped"][:5]:
        print(f"{one.unique_id}: {one.message}")
    print(
        f"dbt build: {spent:.1f} s, {len(results)} models, seeds and tests, {len(wrong)} wrong; the slowest:"
    )
    for one in sorted(results, key=lambda each: -each.seconds)[:12]:
        print(f"  {one.unique_id.removeprefix('model.onefunnel.'):<60} {one.seconds:6.1f} s")
    return not wrong


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--accounts", type=int, default=20000, help="size of the demo company (default 20000)"
    )
    options.add_argument("--home", type=Path, help="a home that has published a night")
    options.add_argument("--limit", type=float, default=100, help="milliseconds that a query may take")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        if not given.home:
            started = time.perf_counter()
            onefunnel(home, "demo", "--accounts", str(given.accounts), "--nights", "1")
            wrote = time.perf_counter()
            onefunnel(home, "run")
            print(
                f"demo of {given.accounts} accounts: {wrote - started:.0f} s; its night: {time.perf_counter() - wrote:.0f} s"
            )
        is_built = build(home)
        sys.exit(0 if queries(home, given.limit) and is_built else 1)


if __name__ == "__main__":
    main()
