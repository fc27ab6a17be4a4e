"""Nights of the demo company, through the program as it is started by hand."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.homes import NIGHTS, content, deliver, onefunnel

READER = """
import sys, time
from pathlib import Path
import duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
counts, reads = set(), 0
print("open", flush=True)
while not Path(sys.argv[2]).exists():
    counts.add(con.execute("select count(*), max(night) from mart_core.dim_accounts, ops.night").fetchone())
    reads += 1
    time.sleep(0.02)
print(len(counts), reads > 10, flush=True)
"""


def query(home: Path, sql: str, audience: str = "") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "published" / audience / "onefunnel.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A home of one's own that has worked off all nights."""
    home = tmp_path / "home"
    shutil.copytree(finished, home)
    return home


def test_the_published_file_has_rows_for_every_department(finished: Path) -> None:
    filled = [
        "mart_core.dim_accounts", "mart_core.dim_people", "mart_core.fct_deals", "mart_core.fct_invoices",
        "mart_funnel.fct_stage_events", "mart_funnel.rpt_funnel_monthly", "mart_finance.fct_mrr_movements",
        "mart_finance.rpt_mrr_monthly", "quality.issues", "quality.rules", "identity.links", "ops.exports", "ops.sources",
    ]  # fmt: skip

    for audience in ("", "steward"):
        empty = [
            table for table in filled if query(finished, f"select count(*) from {table}", audience) == [(0,)]
        ]
        assert empty == []
    assert query(finished, "select night::varchar from ops.night") == [(NIGHTS[-1],)]


def test_every_record_of_every_file_is_accounted_for(finished: Path) -> None:
    off = query(
        finished,
        "select file from ops.exports where rows_physical <> rows_loaded + rows_quarantined + rows_skipped + rows_collapsed + rows_forgotten",
    )

    assert off == []
    assert "every part is whole" in onefunnel(finished, "check", "--deep")


def test_every_published_table_and_column_is_described(finished: Path) -> None:
    bare = query(
        finished,
        "select schema_name || '.' || table_name from duckdb_tables() where comment is null and not internal order by 1",
    )
    bare += query(
        finished,
        "select concat_ws('.', schema_name, table_name, column_name) from duckdb_columns() "
        "where comment is null and not internal order by 1",
    )

    assert [name for (name,) in bare] == []


def test_no_e_mail_address_is_in_the_analyst_file(finished: Path) -> None:
    columns = query(
        finished,
        "select schema_name, table_name, list(column_name) from duckdb_columns() where data_type = 'VARCHAR' group by all",
    )

    leaks = []
    for schema, table, names in columns:
        shown = ", ".join(f"bool_or(regexp_matches(\"{name}\", '[^@ ]+@[^@ ]+\\.[a-z]+'))" for name in names)
        [found] = query(finished, f'select {shown} from "{schema}"."{table}"')
        leaks += [
            f"{schema}.{table}.{name}" for name, leaks_one in zip(names, found, strict=True) if leaks_one
        ]

    assert leaks == []


def test_running_again_says_that_nothing_is_new_and_changes_nothing(copy: Path) -> None:
    before = (copy / "published" / "onefunnel.duckdb").read_bytes()

    said = onefunnel(copy, "run")

    assert "Nothing new" in said
    assert (copy / "published" / "onefunnel.duckdb").read_bytes() == before


def test_doing_the_last_night_again_from_archive_and_state_gives_the_same_tables(copy: Path) -> None:
    before = content(copy / "published" / "steward" / "onefunnel.duckdb")
    (copy / "warehouse.duckdb").unlink()
    shutil.rmtree(copy / "exports")
    (copy / "exports").mkdir()

    onefunnel(copy, "run")

    assert content(copy / "published" / "steward" / "onefunnel.duckdb") == before


def test_as_of_builds_an_earlier_night_apart_and_writes_no_state(copy: Path) -> None:
    state = {path: path.read_bytes() for path in (copy / "state").rglob("*") if path.is_file()}
    published = (copy / "published" / "onefunnel.duckdb").read_bytes()
    [second] = [
        path for path in (copy / "published" / "versions").iterdir() if path.name.startswith(NIGHTS[1])
    ]

    onefunnel(copy, "run", "--as-of", NIGHTS[1])

    assert {path: path.read_bytes() for path in (copy / "state").rglob("*") if path.is_file()} == state
    assert (copy / "published" / "onefunnel.duckdb").read_bytes() == published
    [built] = (copy / "published" / "versions").glob("as-of-*")
    assert content(built / "steward" / "onefunnel.duckdb") == content(second / "steward" / "onefunnel.duckdb")


def test_an_open_reader_never_fails_while_a_night_runs_and_a_new_one_sees_the_new_night(
    company: Path, begun: Path, tmp_path: Path
) -> None:
    home, stop = tmp_path / "home", tmp_path / "stop"
    shutil.copytree(begun, home)
    arguments = [sys.executable, "-c", READER, str(home / "published" / "onefunnel.duckdb"), str(stop)]
    reader = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert reader.stdout is not None and reader.stdout.readline() == "open\n"

    deliver(company, home, NIGHTS[1])
    onefunnel(home, "run")
    stop.touch()

    out, errors = reader.communicate(timeout=60)
    assert (reader.returncode, out, errors) == (0, "1 True\n", "")
    assert query(home, "select night::varchar from ops.night") == [(NIGHTS[1],)]


def test_the_commands_that_read_answer_from_the_published_file(finished: Path) -> None:
    [(issue_id, rule_id)] = query(finished, "select issue_id, rule_id from quality.issues order by 1 limit 1")

    assert f"Published: {NIGHTS[-1]}" in onefunnel(finished, "status")
    assert "issues" in onefunnel(finished, "issues", "list", "--all")
    assert str(rule_id) in onefunnel(finished, "issues", "show", str(issue_id))
    assert "accepted" in onefunnel(finished, "exports", "list")
    assert onefunnel(finished, "sql", "--csv", "select 1 as one") == "one\n1\n"
    assert f"* {NIGHTS[-1]}" in onefunnel(finished, "versions", "list")
    page = (finished / "published" / "report" / "index.html").read_text(encoding="utf-8")
    assert f"Night of {NIGHTS[-1]}" in page and "Funnel" in page and "http" not in page
