import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.errors import UnknownDelivery
from orchestration.publish import versions
from orchestration.publish.candidate import Candidate, build_candidate
from orchestration.publish.privacy import hash_key
from orchestration.settings import Settings

READER = """
import sys, time
from pathlib import Path
import duckdb
path, stop = sys.argv[1], Path(sys.argv[2])
con = duckdb.connect(path, read_only=True)
seen = set()
while not stop.exists():
    seen.add(con.execute("select run_id from ops.night").fetchone()[0])
    con.execute("select count(email) from mart_core.dim_people").fetchone()
    print("read", flush=True)
    time.sleep(0.005)
print("seen", *sorted(seen), flush=True)
"""


def build(settings: Settings, warehouse: Path, manifest: dict[str, Any], run_id: str) -> Candidate:
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update ops.night set run_id = ?", [run_id])
    return build_candidate(warehouse, settings.published, run_id, manifest, settings.home)


def publish(settings: Settings, warehouse: Path, manifest: dict[str, Any], run_id: str) -> None:
    versions.publish(settings.published, run_id, "2026-06-30", build(settings, warehouse, manifest, run_id))


def one(path: Path, sql: str) -> Any:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_the_analyst_file_has_hashes_where_the_steward_file_has_names(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    publish(settings, warehouse, manifest, "first")

    people = "select email, country, born from mart_core.dim_people order by person_id"
    [(email, country, born), (none, _, _)] = one(settings.analyst_file, people)
    assert (email.startswith("h_"), len(email), country, born, none) == (True, 34, "DE", None, None)
    assert one(settings.steward_file, people)[0][0] == "Jane@Acme.example"
    [(record_key, observed)] = one(settings.analyst_file, "select record_key, observed from quality.issues")
    assert record_key == email  # the same address, spelled otherwise, in a column that nobody marked
    assert observed.startswith("h_")
    assert one(settings.steward_file, "select observed from quality.issues") == [("jane@acme",)]


def test_no_personal_value_and_no_key_is_in_the_bytes_of_the_analyst_file(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    publish(settings, warehouse, manifest, "first")

    content = settings.analyst_file.read_bytes()
    assert b"acme" not in content.lower()
    assert hash_key(settings.home).encode() not in content


def test_the_key_is_made_once_and_only_its_owner_can_read_it(settings: Settings) -> None:
    assert hash_key(settings.home) == hash_key(settings.home)
    assert stat.S_IMODE((settings.home / "state" / "hash.key").stat().st_mode) == 0o600


def test_only_published_schemas_are_copied_read_only_and_described(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    publish(settings, warehouse, manifest, "first")

    tables = one(
        settings.analyst_file, "select schema_name || '.' || table_name from duckdb_tables() order by 1"
    )
    assert tables == [("mart_core.dim_people",), ("ops.night",), ("quality.issues",)]
    comment = "select comment from duckdb_tables() where table_name = 'dim_people'"
    assert one(settings.analyst_file, comment) == [("People. It's one row per person.",)]
    column = "select comment from duckdb_columns() where table_name = 'dim_people' and column_name = 'email'"
    assert one(settings.analyst_file, column) == [("Main address.",)]
    assert stat.S_IMODE(settings.analyst_file.stat().st_mode) == 0o444
    assert stat.S_IMODE(settings.steward_file.stat().st_mode) == 0o444


def test_an_open_reader_never_fails_while_nights_are_published(
    settings: Settings, warehouse: Path, manifest: dict[str, Any], tmp_path: Path
) -> None:
    publish(settings, warehouse, manifest, "night-1")
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.analyst_file), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None and reader.stdout.readline() == "read\n"

    for night in ("night-2", "night-3", "night-4"):
        publish(settings, warehouse, manifest, night)
    stop.touch()

    out, errors = reader.communicate(timeout=30)
    assert (reader.returncode, errors) == (0, "")
    assert out.splitlines()[-1] == "seen night-1"
    assert one(settings.analyst_file, "select run_id from ops.night") == [("night-4",)]


def test_a_blocked_candidate_is_kept_apart_until_it_is_released(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    publish(settings, warehouse, manifest, "good")
    build(settings, warehouse, manifest, "bad")

    versions.block(settings.published, "bad", "2026-06-30", ["billing/x: 3 do not hold."])

    assert one(settings.analyst_file, "select run_id from ops.night") == [("good",)]
    [blocked] = versions.blocked_candidates(settings.published)
    assert (blocked["run_id"], blocked["failures"]) == ("bad", ["billing/x: 3 do not hold."])
    versions.clean(settings.published, settings.home / "tmp")
    versions.release(settings.published, "bad")
    assert one(settings.analyst_file, "select run_id from ops.night") == [("bad",)]
    assert versions.blocked_candidates(settings.published) == []


def test_versions_are_kept_by_count_and_can_be_rolled_back(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    for number in range(1, versions.KEEP + 3):
        publish(settings, warehouse, manifest, f"run-{number:02d}")

    kept = [one_version["run_id"] for one_version in versions.versions(settings.published)]
    assert kept == [f"run-{number:02d}" for number in range(3, versions.KEEP + 3)]

    versions.roll_back(settings.published, "run-04")

    assert one(settings.analyst_file, "select run_id from ops.night") == [("run-04",)]
    assert one(settings.steward_file, "select run_id from ops.night") == [("run-04",)]
    assert versions.current(settings.published) == "run-04"
    with pytest.raises(UnknownDelivery, match=r"No version 'run-01'\. Known: run-03"):
        versions.roll_back(settings.published, "run-01")


def test_what_a_killed_run_left_is_removed_and_the_published_file_stays(
    settings: Settings, warehouse: Path, manifest: dict[str, Any]
) -> None:
    publish(settings, warehouse, manifest, "good")
    half = build(settings, warehouse, manifest, "half")
    versions.link(half.analyst, settings.published / "versions" / "half" / versions.FILE)
    (settings.published / "candidates" / "half.duckdb.tmp").write_bytes(b"torn")

    versions.clean(settings.published, settings.home / "tmp")

    assert [path.name for path in (settings.published / "versions").iterdir()] == ["good"]
    assert list((settings.published / "candidates").iterdir()) == []
    assert one(settings.analyst_file, "select run_id from ops.night") == [("good",)]


def test_publishing_is_by_name_only_so_no_moment_is_without_a_good_file(
    settings: Settings, warehouse: Path, manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(settings, warehouse, manifest, "good")
    candidate = build(settings, warehouse, manifest, "next")
    steps = {"link": os.link, "replace": Path.replace}
    calls = [0]

    def torn(limit: int) -> None:
        def stop(*arguments: Any) -> Any:
            calls[0] += 1
            if calls[0] > limit:
                raise KeyboardInterrupt
            return steps["link"](*arguments)

        monkeypatch.setattr(os, "link", stop)

    for limit in range(4):
        calls[0] = 0
        torn(limit)
        with pytest.raises(KeyboardInterrupt):
            versions.publish(settings.published, "next", "2026-06-30", candidate)
        for path in (settings.analyst_file, settings.steward_file):
            assert one(path, "select run_id from ops.night")[0][0] in ("good", "next")

    monkeypatch.setattr(os, "link", steps["link"])
    versions.publish(settings.published, "next", "2026-06-30", candidate)
    assert one(settings.analyst_file, "select run_id from ops.night") == [("next",)]
