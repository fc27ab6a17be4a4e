from datetime import date
from typing import Any

import pytest

from orchestration import plan, runs
from orchestration.settings import Settings

FIRST, SECOND, THIRD = (date(2026, 6, day) for day in (28, 29, 30))


@pytest.fixture
def undelivered(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """What the connectors say is new; filled by each test."""
    nights: list[date] = []
    monkeypatch.setattr("connectors.lake.plan_nights", lambda *arguments: sorted(nights))
    return nights


def deliver(settings: Settings, *nights: date) -> None:
    folder = settings.home / "state" / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    for night in nights:
        (folder / f"{night}.parquet").touch()


def finish(settings: Settings, night: date, status: str = "published", mark: str = "same") -> None:
    runs.end_run(settings.home, runs.start_run(settings.home, night, False, mark, []), status)


def whole(settings: Settings) -> None:
    for path in (settings.warehouse, settings.analyst_file, settings.steward_file):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def plan_of(settings: Settings, mark: str = "same") -> list[date]:
    specs: dict[str, Any] = {}
    return plan.nights_to_run(settings, specs, mark)


def test_undelivered_nights_are_worked_off_oldest_first(settings: Settings, undelivered: list[date]) -> None:
    undelivered += [THIRD, FIRST]

    assert plan_of(settings) == [FIRST, THIRD]


def test_nothing_new_means_nothing_to_do(settings: Settings, undelivered: list[date]) -> None:
    deliver(settings, FIRST)
    finish(settings, FIRST)
    whole(settings)

    assert plan_of(settings) == []


def test_a_night_that_was_loaded_and_cut_off_is_worked_off_again(
    settings: Settings, undelivered: list[date]
) -> None:
    deliver(settings, FIRST, SECOND)
    finish(settings, FIRST)
    runs.start_run(settings.home, SECOND, False, "same", [])
    whole(settings)

    assert plan_of(settings) == [SECOND]


def test_a_late_night_brings_every_later_one_with_it(settings: Settings, undelivered: list[date]) -> None:
    deliver(settings, FIRST, THIRD)
    finish(settings, FIRST)
    finish(settings, THIRD)
    whole(settings)
    undelivered.append(SECOND)

    assert plan_of(settings) == [SECOND, THIRD]


def test_a_lost_warehouse_or_a_changed_program_builds_the_last_night_again(
    settings: Settings, undelivered: list[date]
) -> None:
    deliver(settings, FIRST, SECOND)
    finish(settings, FIRST)
    finish(settings, SECOND)
    whole(settings)

    assert plan_of(settings, mark="changed") == [SECOND]
    settings.warehouse.unlink()
    assert plan_of(settings) == [SECOND]


def test_a_blocked_night_is_not_built_again_until_something_changes(
    settings: Settings, undelivered: list[date]
) -> None:
    deliver(settings, FIRST)
    finish(settings, FIRST, "blocked")
    settings.warehouse.touch()

    assert plan_of(settings) == []
    assert plan_of(settings, mark="changed") == [FIRST]


def test_a_decision_asks_for_a_new_build_but_a_release_does_not(settings: Settings) -> None:
    before = plan.fingerprint(settings)
    settings.decisions.mkdir(parents=True)
    (settings.decisions / "releases.csv").write_text("who,when,run_id,why\n")
    assert plan.fingerprint(settings) == before

    (settings.decisions / "exports.csv").write_text("who,when,delivery_id,decision,why\n")

    assert plan.fingerprint(settings) != before


def test_runs_are_counted_by_night_and_killed_ones_can_be_told(settings: Settings) -> None:
    runs.start_run(settings.home, FIRST, False, "", [])
    finish(settings, FIRST)
    runs.start_run(settings.home, FIRST, True, "", [])

    assert [(run.run_id, run.status) for run in runs.all_runs(settings.home)] == [
        ("2026-06-28-001", "running"), ("2026-06-28-002", "published"), ("as-of-2026-06-28-001", "running"),
    ]  # fmt: skip
    assert set(runs.finished_nights(settings.home)) == {FIRST}
