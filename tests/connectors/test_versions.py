"""An upsert that holds several versions of a record: the newest counts, and only rows of one version can conflict."""

from datetime import date
from pathlib import Path

import duckdb

from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

NIGHT = date(2026, 6, 1)
SPEC = """
source: desk
owner: customer_success
tables:
  talks:
    files: ["talks*"]
    grain: one row per talk
    key: [talk_id]
    delivery: {delivery}
    cursor: changed_at
    columns:
      talk_id: {{type: text, from: [id], required: true}}
      state: {{type: text, from: [state]}}
      changed_at: {{type: timestamp, from: [changed]}}
"""
VERSIONS = "id,state,changed\n1,open,2026-05-01 10:00\n1,closed,2026-05-03 10:00\n1,pending,2026-05-02 10:00\n2,open,2026-05-01 10:00\n"


def load(root: Path, delivery: str, content: str) -> tuple[str | None, int, list[tuple[str, str]]]:
    """Why the delivery is held, its conflicting keys, and the rows that the view shows."""
    (root / "specs").mkdir()
    (root / "specs" / "desk.yaml").write_text(SPEC.format(delivery=delivery), encoding="utf-8")
    specs = load_specs(root / "specs")
    target = root / "exports" / "desk" / NIGHT.isoformat() / "talks.csv"
    target.parent.mkdir(parents=True)
    target.write_text(content, encoding="utf-8")
    loaded = load_night(root, root / "exports", specs, NIGHT, NIGHT)[0]
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, root, specs, NIGHT)
        rows = con.execute("select talk_id, state from raw_desk.talks order by 1").fetchall()
    return loaded.why, loaded.entries[0].conflicting_keys, rows


def test_the_newest_version_counts_and_older_ones_are_no_conflict(tmp_path: Path) -> None:
    assert load(tmp_path, "upsert", VERSIONS) == (None, 0, [("1", "closed"), ("2", "open")])


def test_two_rows_of_one_version_that_differ_are_a_conflict(tmp_path: Path) -> None:
    twice = VERSIONS + "2,closed,2026-05-01 10:00\n1,lost,2026-05-03 10:00\n"

    why, conflicting, rows = load(tmp_path, "upsert", twice)

    assert conflicting == 2
    assert why is not None and "2 of 2 keys" in why
    assert rows == []


def test_a_snapshot_has_each_record_once(tmp_path: Path) -> None:
    _, conflicting, _ = load(tmp_path, "snapshot", VERSIONS)

    assert conflicting == 1
