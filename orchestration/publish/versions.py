"""Renames a good candidate over the published files, keeps the last versions, and rolls back."""

import json
import os
import shutil
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import UnknownDelivery
from orchestration.publish.candidate import Candidate, discard
from orchestration.runs import write_json

KEEP = 7
FILE = "onefunnel.duckdb"
AUDIENCES = {"analyst": Path(FILE), "steward": Path("steward") / FILE}


def publish(published: Path, run_id: str, night: str, candidate: Candidate) -> Path:
    """Give the candidate a version of its own and rename it over the published files, steward first.

    Every step can be cut off and done again: links are made under temporary names, and `version.json`, written
    last, marks the version as whole.
    """
    version = keep_version(published, run_id, night, candidate)
    point_at(published, version)
    discard_candidate(published, run_id)
    prune(published)
    return version


def keep_version(published: Path, run_id: str, night: str, candidate: Candidate) -> Path:
    """Link the candidate's files under versions/<run>/."""
    version = published / "versions" / run_id
    for audience, path in AUDIENCES.items():
        link(getattr(candidate, audience), version / path)
    write_json(version / "version.json", {"run_id": run_id, "night": night, "rows": candidate.rows})
    return version


def point_at(published: Path, version: Path) -> None:
    """Rename a version's files over the published ones; open readers keep the old ones."""
    for path in reversed(AUDIENCES.values()):
        link(version / path, published / path)
    write_json(published / "current.json", {"run_id": version.name})


def link(source: Path, target: Path) -> None:
    """Make `target` another name of `source`, replacing it in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    os.link(source, temporary)
    temporary.replace(target)
    temporary.unlink(missing_ok=True)  # renaming a link over the same file leaves both names


def block(published: Path, run_id: str, night: str, failures: list[Any]) -> None:
    """Keep the candidate beside, with what blocked it, for `status`, `issues` and `release`."""
    plain = [asdict(one) if is_dataclass(one) and not isinstance(one, type) else str(one) for one in failures]
    write_json(
        published / "candidates" / f"{run_id}.json", {"run_id": run_id, "night": night, "failures": plain}
    )


def blocked_candidates(published: Path) -> list[dict[str, Any]]:
    """Blocked candidates, oldest first: run, night and what blocked them."""
    files = sorted((published / "candidates").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [
        json.loads(path.read_text(encoding="utf-8")) for path in files if path.with_suffix(".duckdb").exists()
    ]


def discard_candidate(published: Path, run_id: str) -> None:
    """Forget a candidate: it is published, or a newer one has replaced it."""
    folder = published / "candidates"
    discard(folder / f"{run_id}.duckdb")
    discard(folder / f"{run_id}.steward.duckdb")
    (folder / f"{run_id}.json").unlink(missing_ok=True)


def release(published: Path, run_id: str) -> Path:
    """Publish a blocked candidate by hand.

    Raises:
        UnknownDelivery: there is no such blocked candidate.
    """
    found = [one for one in blocked_candidates(published) if one["run_id"] == run_id]
    if not found:
        raise UnknownDelivery(
            f"No blocked candidate {run_id!r} in {published / 'candidates'}. `onefunnel status` lists them."
        )
    folder = published / "candidates"
    candidate = Candidate(folder / f"{run_id}.duckdb", folder / f"{run_id}.steward.duckdb", {})
    return publish(published, run_id, found[0]["night"], candidate)


def versions(published: Path) -> list[dict[str, Any]]:
    """Whole versions, oldest first."""
    files = sorted((published / "versions").glob("*/version.json"), key=lambda path: path.stat().st_mtime_ns)
    return [json.loads(path.read_text(encoding="utf-8")) for path in files]


def current(published: Path) -> str:
    """The run whose version is published; empty when there is none."""
    path = published / "current.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["run_id"]) if path.exists() else ""


def roll_back(published: Path, run_id: str) -> Path:
    """Publish an earlier version again.

    Raises:
        UnknownDelivery: there is no such version.
    """
    known = [str(one["run_id"]) for one in versions(published)]
    if run_id not in known:
        raise UnknownDelivery(f"No version {run_id!r}. Known: {', '.join(known) or 'none'}.")
    point_at(published, published / "versions" / run_id)
    return published / "versions" / run_id


def prune(published: Path, keep: int = KEEP) -> None:
    """Drop all but the last versions; the published one always stays, as do as-of builds."""
    nightly = [
        str(one["run_id"]) for one in versions(published) if not str(one["run_id"]).startswith("as-of-")
    ]
    for run_id in nightly[:-keep]:
        if run_id != current(published):
            shutil.rmtree(published / "versions" / run_id)


def clean(published: Path, scratch: Path) -> None:
    """Remove what a killed run left: temporary names, scratch folders, candidates without a verdict."""
    for path in published.rglob("*.tmp*"):
        if path.is_file():
            path.unlink()
    for folder in (published / "versions").glob("*"):
        if folder.is_dir() and not (folder / "version.json").exists():
            shutil.rmtree(folder)
    for path in (published / "candidates").glob("*.duckdb"):
        run_id = path.name.removesuffix(".duckdb").removesuffix(".steward")
        if not (path.parent / f"{run_id}.json").exists():
            discard(path)
    shutil.rmtree(scratch, ignore_errors=True)
