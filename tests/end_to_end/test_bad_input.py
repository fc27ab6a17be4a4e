"""What is wrong outside the program: one clear message, the right exit code, and yesterday's file stays as it was."""

import resource
import shutil
import signal
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.homes import NIGHTS, command, content, deliver, onefunnel


@pytest.fixture
def two_nights(company: Path, finished: Path, tmp_path: Path) -> Path:
    """A home that has worked off every night, with a further night's exports waiting."""
    home = tmp_path / "home"
    shutil.copytree(finished, home)
    for folder in sorted((company / "exports").glob(f"*/{NIGHTS[-1]}")):
        shutil.copytree(folder, home / "exports" / folder.parent.name / "2026-07-01")
    return home


def published(home: Path) -> bytes:
    return (home / "published" / "onefunnel.duckdb").read_bytes()


def night_of(home: Path) -> str:
    with duckdb.connect(str(home / "published" / "onefunnel.duckdb"), read_only=True) as con:
        return str(con.execute("select night from ops.night").fetchall()[0][0])


def test_no_exports_at_all_is_said_with_where_they_belong(tmp_path: Path) -> None:
    said = onefunnel(tmp_path, "run", code=2)

    assert f"{tmp_path / 'exports'}" in said and "onefunnel demo" in said


def test_a_bad_spec_of_the_company_is_named_and_nothing_is_built(two_nights: Path) -> None:
    before = published(two_nights)
    spec = two_nights / "company" / "specs" / "events.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_text("source: events\nowner: marketing\ntables:\n  all: {grain: x}\n", encoding="utf-8")

    said = onefunnel(two_nights, "run", code=2)

    assert "events.yaml: tables.all.files: Field required" in said
    assert published(two_nights) == before


def test_a_disk_that_fills_up_while_a_night_is_built_loses_nothing(two_nights: Path) -> None:
    before = published(two_nights)
    line, environment = command(two_nights, "run")

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    full = subprocess.run(
        line, env=environment, capture_output=True, text=True, check=False, preexec_fn=no_room
    )

    assert full.returncode == 3, full.stdout + full.stderr
    assert "free some space and run again" in full.stderr
    assert published(two_nights) == before

    onefunnel(two_nights, "run")
    assert night_of(two_nights) == "2026-07-01"


def test_a_full_disk_is_told_before_anything_is_changed(two_nights: Path) -> None:
    before = published(two_nights)
    line, environment = command(two_nights, "run")
    starved = (
        "import orchestration.guards as g; g.free_bytes = lambda folder: 1000; "
        "from orchestration.cli import main; main(['run'])"
    )

    done = subprocess.run(
        [line[0], "-c", starved], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "MB free" in done.stderr
    assert published(two_nights) == before


def test_exports_that_cannot_be_read_are_held_and_the_last_good_ones_stay(two_nights: Path) -> None:
    people = "select count(*) from mart_core.xref_people where source = 'hubspot'"
    with duckdb.connect(str(two_nights / "published" / "onefunnel.duckdb"), read_only=True) as con:
        before = con.execute(people).fetchall()
    file = next((two_nights / "exports" / "hubspot" / "2026-07-01").glob("*contacts*.csv"))
    file.write_text("First Name,Email\nAnn,ann@example.org\n", encoding="utf-8")
    [deals] = (two_nights / "exports" / "hubspot" / "2026-07-01").glob("*all-deals*.csv")
    deals.write_bytes(b"\x00\x01 this is no table \xff\xfe")

    said = onefunnel(two_nights, "run")

    assert "has no column 'contact_id', which is required" in said
    assert "held hubspot.deals 2026-07-01" in said
    held = onefunnel(two_nights, "exports", "list", "--held")
    assert "contacts" in held and "deals" in held
    with duckdb.connect(str(two_nights / "published" / "onefunnel.duckdb"), read_only=True) as con:
        assert con.execute(people).fetchall() == before


def test_one_source_alone_can_be_loaded_and_the_rest_follows(company: Path, tmp_path: Path) -> None:
    deliver(company, tmp_path, NIGHTS[0])

    onefunnel(tmp_path, "run", "--source", "chargebee")

    with duckdb.connect(str(tmp_path / "published" / "onefunnel.duckdb"), read_only=True) as con:
        loaded = con.execute("select distinct source from ops.exports").fetchall()
    assert loaded == [("chargebee",)]
    assert "No source 'chargebea'. Known:" in onefunnel(tmp_path, "run", "--source", "chargebea", code=2)

    onefunnel(tmp_path, "run")

    with duckdb.connect(str(tmp_path / "published" / "onefunnel.duckdb"), read_only=True) as con:
        loaded = con.execute("select distinct source from ops.exports order by 1").fetchall()
    delivered = {folder.name.partition("@")[0] for folder in (company / "exports").iterdir()}
    assert [source for (source,) in loaded] == sorted(delivered)


def test_a_full_refresh_builds_the_same_tables(finished: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(finished, home)

    onefunnel(home, "run", "--full-refresh")

    last = Path("published") / "onefunnel.duckdb"
    assert content(home / last) == content(finished / last)
