"""Which nights a run has to work off."""

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.dbt import project_files
from orchestration.runs import finished_nights
from orchestration.settings import DBT_PROJECT, PROJECT, Settings, today

if TYPE_CHECKING:
    from connectors.spec import Source

RELEASES = "releases.csv"  # a release publishes what is built; it asks for nothing to be built again
PROGRAM_KINDS = {".py", ".yaml", ".html", ".sql"}


def nights_to_run(settings: Settings, specs: "dict[str, Source]", fingerprint: str) -> list[date]:
    """Undelivered nights and every night after the first of them, oldest first.

    A night that was loaded and then cut off is worked off again. When nothing is new, the last night is built again
    if its warehouse or published file is gone, or if the program, the settings or people's decisions have changed.
    """
    from connectors.lake import plan_nights

    delivered = delivered_nights(settings.home)
    finished = finished_nights(settings.home)
    new = set(plan_nights(settings.home, settings.exports, specs, today())) | {
        night for night in delivered if night not in finished
    }
    if new:
        return sorted(new | {night for night in delivered if night > min(new)})
    if not delivered:
        return []
    last = delivered[-1]
    is_whole = (
        settings.warehouse.exists() and settings.analyst_file.exists() and settings.steward_file.exists()
    )
    is_current = finished[last].fingerprint == fingerprint
    blocked = finished[last].status == "blocked" and settings.warehouse.exists()
    return [] if is_current and (is_whole or blocked) else [last]


def delivered_nights(home: Path) -> list[date]:
    """Nights whose deliveries are in the manifest, oldest first."""
    files = (home / "state" / "exports").glob("[0-9]*.parquet")
    return sorted(date.fromisoformat(path.stem) for path in files)


def fingerprint(settings: Settings) -> str:
    """Hash of everything but exports that a build depends on: program, models, rules, company files and settings."""
    digest = hashlib.sha256()
    company = settings.home / "company"
    _add(
        digest,
        company,
        sorted(path for path in company.rglob("*") if path.is_file() and path.name != RELEASES),
    )
    for package in ("connectors", "data_quality", "orchestration"):
        folder = PROJECT / package
        _add(digest, folder, sorted(path for path in folder.rglob("*") if path.suffix in PROGRAM_KINDS))
    _add(digest, DBT_PROJECT, project_files(DBT_PROJECT))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", folder: Path, files: list[Path]) -> None:
    for path in files:
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
