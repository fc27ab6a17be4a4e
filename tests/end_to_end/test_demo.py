"""The demo company's nights from the command line to the published file, against the truth written beside its exports."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.benchmarks.truth import Score, compare

ACCOUNTS = "150"


class Home:
    """A home on which the program is run as a user runs it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {**os.environ, "ONEFUNNEL_HOME": str(path)}
        self.environment.pop("ONEFUNNEL_EXPORTS", None)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "orchestration.cli", *arguments]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        printed = process.communicate(timeout=600)[0]
        assert process.returncode == code, printed[-4000:]
        return printed

    @property
    def published(self) -> Path:
        return self.path / "published" / "onefunnel.duckdb"

    def figures(self) -> dict[str, tuple[object, ...]]:
        """A content hash of every published table but the record of runs."""
        with duckdb.connect(str(self.published), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() where schema_name not in ('ops') order by 1").fetchall()
            return {
                table: con.execute(f"select count(*), coalesce(bit_xor(hash({columns(con, table)})), 0) from {table} as t").fetchall()[0]
                for (table,) in tables
            }


def columns(con: duckdb.DuckDBPyConnection, table: str) -> str:
    names = [row[0] for row in con.execute(f"describe {table}").fetchall()]
    return ", ".join(f'cast("{name}" as varchar)' for name in names if name != "run_id")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three nights worked off while a reader keeps the published file open, from the first that there is."""
    made = Home(tmp_path_factory.mktemp("demo") / "data")
    made.run("demo", "--accounts", ACCOUNTS, "--nights", "1")
    made.run("run")
    return made


def test_every_decidable_figure_is_as_it_happened(home: Home) -> None:
    steward = home.path / "published" / "steward" / "onefunnel.duckdb"
    scores = compare(steward, home.path / "demo_truth")

    print("\n".join(score.line() for score in scores))
    wrong = [(score.line(), *score.examples) for score in scores if not is_exact(score)]
    assert wrong == []
    assert sum(score.expected for score in scores) > 500


def is_exact(score: Score) -> bool:
    return score.right == score.expected == score.found


def test_running_again_with_nothing_new_changes_nothing(home: Home) -> None:
    before = home.figures()
    home.run("run")
    assert home.figures() == before


def test_the_warehouse_can_be_deleted_and_is_rebuilt_the_same(home: Home) -> None:
    before = home.figures()
    (home.path / "warehouse.duckdb").unlink()
    home.run("run")
    assert home.figures() == before


def test_the_analyst_file_shows_no_address_and_every_table_is_described(home: Home) -> None:
    with duckdb.connect(str(home.published), read_only=True) as con:
        assert con.execute("select count(*) from mart_core.dim_people where email like '%@%'").fetchall() == [(0,)]
        assert con.execute("select count(*) from mart_core.dim_people where email is not null").fetchall() > [(0,)]
        bare = con.execute("select schema_name, table_name from duckdb_tables() where schema_name like 'mart_%' and comment is null").fetchall()
        assert bare == []


def test_open_readers_are_neither_blocked_nor_broken_by_new_nights(home: Home) -> None:
    failures: list[str] = []
    stop = threading.Event()

    def read() -> None:
        try:
            with duckdb.connect(str(home.published), read_only=True) as con:
                while not stop.is_set():
                    con.execute("select count(*), sum(closing_mrr) from mart_finance.rpt_mrr_monthly").fetchall()
                    time.sleep(0.05)
        except duckdb.Error as error:
            failures.append(str(error))

    reader = threading.Thread(target=read)
    reader.start()
    home.run("demo", "--accounts", ACCOUNTS, "--nights", "3")
    home.run("run")
    stop.set()
    reader.join()

    assert failures == []
    night = [sys.executable, "-c", f"import duckdb; print(duckdb.connect({str(home.published)!r}, read_only=True).execute('select night from ops.night').fetchall()[0][0])"]
    assert subprocess.run(night, capture_output=True, text=True).stdout.strip() == "2026-06-30"


@pytest.mark.parametrize("seconds", [4, 9, 14])
def test_a_night_killed_at_any_moment_and_run_again_ends_as_if_undisturbed(home: Home, tmp_path: Path, seconds: int) -> None:
    killed = Home(tmp_path / "data")
    killed.run("demo", "--accounts", ACCOUNTS, "--nights", "1")
    process = killed.start("run")
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    killed.run("run")

    undisturbed = Home(tmp_path / "other")
    undisturbed.run("demo", "--accounts", ACCOUNTS, "--nights", "1")
    undisturbed.run("run")
    assert {table: found[0] for table, found in killed.figures().items()} == {table: found[0] for table, found in undisturbed.figures().items()}
    with duckdb.connect(str(killed.path / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as one, duckdb.connect(
        str(undisturbed.path / "published" / "steward" / "onefunnel.duckdb"), read_only=True
    ) as other:
        mrr = "select * from mart_finance.fct_mrr_movements order by account_id, month"
        assert one.execute(mrr).fetchall() == other.execute(mrr).fetchall()


def test_an_empty_exports_folder_is_a_clear_error(tmp_path: Path) -> None:
    printed = Home(tmp_path / "data").run("run", code=2)
    assert "No export found in" in printed.replace("\n", " ")
