"""The record of every run: one small JSON file each under runs/, for `status`, `ops.runs` and the plan of nights."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.settings import now

FINISHED = ("published", "blocked")


@dataclass(frozen=True)
class Run:
    """One attempt at one night. `status`: running, published, blocked, failed or built (as-of)."""

    run_id: str
    night: str
    is_as_of: bool
    status: str
    started_at: str
    finished_at: str = ""
    error: str = ""
    fingerprint: str = ""
    sources: list[str] = field(default_factory=list)


def start_run(home: Path, night: date, is_as_of: bool, fingerprint: str, sources: list[str]) -> Run:
    """Record that a night begins; its id is the night and the count of attempts at it."""
    prefix = f"{'as-of-' if is_as_of else ''}{night}"
    attempts = [run for run in all_runs(home) if run.night == str(night) and run.is_as_of == is_as_of]
    run = Run(
        f"{prefix}-{len(attempts) + 1:03d}",
        str(night),
        is_as_of,
        "running",
        _stamp(),
        "",
        "",
        fingerprint,
        sources,
    )
    save_run(home, run)
    return run


def end_run(home: Path, run: Run, status: str, error: str = "") -> Run:
    """Record how a run ended."""
    ended = replace(run, status=status, finished_at=_stamp(), error=error)
    save_run(home, ended)
    return ended


def mark_released(home: Path, run_id: str, why: str) -> None:
    """Record that a blocked run was published by hand."""
    for run in all_runs(home):
        if run.run_id == run_id:
            save_run(home, replace(run, status="published", error=f"released: {why}"))


def save_run(home: Path, run: Run) -> None:
    """Write one run's record, whole or not at all."""
    write_json(home / "runs" / f"{run.run_id}.json", asdict(run))


def all_runs(home: Path) -> list[Run]:
    """Every recorded run, by start; runs that were killed still say `running`."""
    files = sorted((home / "runs").glob("*.json"))
    runs = [Run(**json.loads(path.read_text(encoding="utf-8"))) for path in files]
    return sorted(runs, key=lambda run: (run.started_at, run.run_id))


def finished_nights(home: Path) -> dict[date, Run]:
    """Nights that were worked off to the end, each with its last finished run."""
    finished = [
        run for run in all_runs(home) if run.status in FINISHED and not run.is_as_of and not run.sources
    ]
    return {date.fromisoformat(run.night): run for run in finished}


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file under a temporary name and rename it over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, sort_keys=True, default=str)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _stamp() -> str:
    return now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
