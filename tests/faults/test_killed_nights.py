"""A night killed at any step, and run again, is the night that was never disturbed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.homes import NIGHTS, command, content, deliver, onefunnel

FIRST, SECOND, _ = NIGHTS
BLOCKING = """
import orchestration.steps
orchestration.steps.gate = lambda night, expectations: ["finance/x: 3 do not hold."]
from orchestration.cli import main
main(["run"])
"""
# What is there when the step before is done: the kill falls into the step named.
MOMENTS = {
    "loading": "lake/raw_hubspot/contacts/*.parquet",
    "views and dbt": f"state/exports/{FIRST}.parquet",
    "rules": f"state/identity_ids/{FIRST}.parquet",
    "expectations and candidate": f"state/issue_events/{FIRST}.parquet",
    "copying the candidate": "published/candidates/*.duckdb.tmp",
    "publishing": "published/candidates/*.steward.duckdb",
}


def kill_when(home: Path, pattern: str) -> None:
    """Start a run and kill it, and nothing else, as soon as a file appears."""
    line, environment = command(home, "run")
    process = subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    patience = time.monotonic() + 600
    while process.poll() is None and not any(home.glob(pattern)):
        assert time.monotonic() < patience, f"{pattern} never appeared"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, f"the run ended before {pattern} was seen"


def test_a_night_killed_at_every_step_in_turn_ends_as_one_that_was_not(
    company: Path, begun: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    deliver(company, home, FIRST)
    for pattern in MOMENTS.values():
        kill_when(home, pattern)
        for stale in [*home.glob("published/candidates/*"), *home.glob("lake/raw_hubspot/contacts/*")]:
            stale.unlink()  # so that the next moment is seen when it comes, not before

    onefunnel(home, "run")

    last = Path("published") / "steward" / "onefunnel.duckdb"
    assert content(home / last) == content(begun / last)
    assert list(home.glob("published/**/*.tmp*")) == []
    assert not (home / "tmp").exists()


def test_a_killed_night_leaves_the_last_good_file_and_the_next_run_makes_up_for_it(
    company: Path, begun: Path, finished: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(begun, home)
    published = (home / "published" / "onefunnel.duckdb").read_bytes()
    deliver(company, home, *NIGHTS[1:])

    kill_when(home, f"state/issue_events/{SECOND}.parquet")

    assert (home / "published" / "onefunnel.duckdb").read_bytes() == published
    assert "Nights worked off: 2026-06-29, 2026-06-30" in onefunnel(home, "run")
    assert "interrupted" in onefunnel(home, "status")
    last = Path("published") / "steward" / "onefunnel.duckdb"
    assert content(home / last) == content(finished / last)


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    shutil.copytree(finished, home)
    return home


def test_a_blocked_night_keeps_yesterday_and_can_be_released(copy: Path) -> None:
    published = (copy / "published" / "onefunnel.duckdb").read_bytes()
    (copy / "warehouse.duckdb").unlink()
    _, environment = command(copy)
    blocked = subprocess.run(
        [sys.executable, "-c", BLOCKING], env=environment, capture_output=True, text=True, check=False
    )

    assert blocked.returncode == 1, blocked.stderr[-3000:]
    assert "Not published: finance/x: 3 do not hold." in blocked.stderr
    assert (copy / "published" / "onefunnel.duckdb").read_bytes() == published
    assert "Blocked" in onefunnel(copy, "status")
    onefunnel(copy, "run", code=1)

    onefunnel(copy, "release", "--why", "finance agreed")

    with duckdb.connect(str(copy / "published" / "onefunnel.duckdb"), read_only=True) as con:
        assert con.execute("select run_id from ops.night").fetchone() == ("2026-06-30-002",)
    assert "finance agreed" in (copy / "company" / "decisions" / "releases.csv").read_text()
    assert "Nothing new" in onefunnel(copy, "run")


def test_two_runs_at_once_are_refused(copy: Path) -> None:
    hold = "import sys,time; from pathlib import Path; from orchestration.guards import run_lock\n"
    hold += "with run_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    _, environment = command(copy)
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(copy)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        assert "another run is under way" in onefunnel(copy, "run", code=2)
    finally:
        holder.kill()
        holder.wait()
