"""Ways to run the program in a home of its own, to deliver exports to it, and to compare what two homes published."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).parents[1]
NIGHTS = ("2026-06-28", "2026-06-29", "2026-06-30")
# What says when and by which attempt a file was made; everything else must be equal.
ATTEMPT = {
    "ops.runs": None,
    "ops.about": None,
    "ops.night": ["run_id", "is_as_of"],
    "quality.rule_runs": ["run_id"],
}


def command(home: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and its environment for one home."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "ONEFUNNEL_HOME": str(home)}
    for name in ("ONEFUNNEL_EXPORTS", "ONEFUNNEL_ENGINE", "ONEFUNNEL_WAREHOUSE", "DAGSTER_HOME"):
        environment.pop(name, None)
    return [sys.executable, "-m", "orchestration.cli", *arguments], environment


def onefunnel(home: Path, *arguments: str, code: int = 0) -> str:
    """Run the program in a process of its own; returns what it printed. It must end with `code`."""
    line, environment = command(home, *arguments)
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, (
        f"{arguments}: exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    )
    return done.stdout + done.stderr


def deliver(company: Path, home: Path, *nights: str) -> None:
    """Copy some nights' exports into a home."""
    for folder in sorted((company / "exports").glob("*/*")):
        if folder.name in nights:
            shutil.copytree(folder, home / "exports" / folder.parent.name / folder.name)


def content(database: Path) -> dict[str, tuple[int, int]]:
    """Table → rows and an order-free hash of them, without what tells one attempt from another."""
    found: dict[str, tuple[int, int]] = {}
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        for (table,) in tables:
            left_out = ATTEMPT.get(table, [])
            if left_out is None:
                continue
            columns = f"* exclude ({', '.join(left_out)})" if left_out else "*"
            rows = con.execute(
                f"select count(*), sum(hash(row_)::hugeint) from (select {columns} from {table}) as row_"
            ).fetchone()
            assert rows is not None
            found[table] = (rows[0], rows[1] or 0)
    return found
