"""Append-only CSV files of what people decided: who, when, why. The next run applies them."""

import csv
from pathlib import Path

from orchestration.errors import SettingsError
from orchestration.settings import Settings, now, user_name


def append_decision(settings: Settings, kind: str, why: str, /, **fields: str) -> Path:
    """Add one line to company/decisions/<kind>.csv.

    Raises:
        SettingsError: no reason is given.
    """
    if not why.strip():
        raise SettingsError(f"{kind}: a decision needs a reason. Say it with --why.")
    path = settings.decisions / f"{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {"who": user_name(), "when": now().strftime("%Y-%m-%dT%H:%M:%SZ"), **fields, "why": why.strip()}
    is_new = not path.exists() or path.stat().st_size == 0
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)
    return path


def read_decisions(settings: Settings, kind: str) -> list[dict[str, str]]:
    """All lines of company/decisions/<kind>.csv, oldest first; none when there is no file."""
    path = settings.decisions / f"{kind}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
