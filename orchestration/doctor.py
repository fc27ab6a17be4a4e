"""What `check` looks at: configuration, folders, specs, disk, versions; deep: every archive hash, part and count."""

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import OnefunnelError
from orchestration.guards import check_disk, check_home, free_bytes
from orchestration.identity_settings import check_identity
from orchestration.settings import DBT_PROJECT, Settings


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `what` names the remedy when it is not good."""

    is_good: bool
    what: str


def findings(settings: Settings) -> list[Finding]:
    """The quick checks."""
    return [
        looked("home", lambda: check_home(settings.home), str(settings.home)),
        looked(
            "disk",
            lambda: check_disk(settings),
            f"{free_bytes(existing(settings.home)) / 1024**3:,.1f} GB free",
        ),
        exports_finding(settings),
        looked("specs", lambda: specs_words(settings)),
        looked("identity", lambda: check_identity(settings), "settings and decisions can be followed"),
        Finding(DBT_PROJECT.exists(), f"dbt project: {DBT_PROJECT}"),
        Finding(sys.version_info >= (3, 11), f"python: {sys.version.split()[0]} (3.11 or newer)"),
        Finding(
            duckdb.__version__.startswith("1.5."),
            f"duckdb: {duckdb.__version__} (1.5.x; 2.x files cannot be read by 1.x)",
        ),
        Finding(
            True, f"settings: {', '.join(f'{name}={value}' for name, value in settings.business.items())}"
        ),
        published_finding(settings),
    ]


def looked(name: str, look: Callable[[], Any], words: str = "") -> Finding:
    """A check that raises when something is wrong and may return words about what it saw."""
    try:
        return Finding(True, f"{name}: {look() or words}")
    except Exception as problem:  # every check reports; none ends the others
        return Finding(False, f"{name}: {' '.join(str(problem).split())}")


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return folder if folder.exists() else existing(folder.parent)


def specs_words(settings: Settings) -> str:
    """How many specs and tables there are; raises when one is wrong."""
    from connectors.spec import load_specs

    specs = load_specs(extra=settings.specs)
    return f"{len(specs)} sources, {sum(len(source.tables) for source in specs.values())} tables"


def exports_finding(settings: Settings) -> Finding:
    """The exports folder, and files in it that no spec wants."""
    if not settings.exports.is_dir():
        return Finding(
            False,
            f"exports: {settings.exports} does not exist. Create it, set ONEFUNNEL_EXPORTS, or run `onefunnel demo`.",
        )
    files = sum(1 for path in settings.exports.rglob("*") if path.is_file())
    return Finding(files > 0, f"exports: {files} files in {settings.exports}")


def published_finding(settings: Settings) -> Finding:
    """The published file opens and says which night it is."""
    if not settings.analyst_file.exists():
        return Finding(True, "published: nothing yet")
    try:
        with duckdb.connect(str(settings.analyst_file), read_only=True) as con:
            row = con.execute("select night, run_id from ops.night").fetchone()
        return Finding(
            row is not None,
            f"published: night {row[0]}, run {row[1]}" if row else "published: ops.night is empty",
        )
    except duckdb.Error as problem:
        return Finding(False, f"published: {problem}. Go back with `onefunnel versions rollback`.")


def deep_findings(settings: Settings) -> list[Finding]:
    """Every archived file still has its hash, every accepted delivery its part, every file's counts add up."""
    from connectors.archive import FORGOTTEN
    from connectors.manifest import read_manifest

    entries = read_manifest(settings.home, date.max)
    archive = sorted(
        path
        for path in (settings.home / "archive").glob("*/*")
        if path.is_file() and not path.name.startswith(".")
    )
    changed = [
        path.name
        for path in archive
        if path.suffix != FORGOTTEN and content_hash(path) != path.name.split(".")[0]
    ]
    archived = {path.name.split(".")[0] for path in archive}
    gone = sorted({entry.file for entry in entries if entry.sha256 not in archived})
    off = [entry.file for entry in entries if entry.state == "accepted" and unaccounted(entry)]
    wrong_parts = [problem for problem in (part_problem(settings, entry) for entry in entries) if problem]
    return [
        Finding(
            not changed,
            f"archive: {len(archive)} files, changed since they were kept: {', '.join(changed) or 'none'}",
        ),
        Finding(not gone, f"archive: files of the manifest that are missing: {', '.join(gone) or 'none'}"),
        Finding(not off, f"counts: files whose records do not add up: {', '.join(off) or 'none'}"),
        Finding(not wrong_parts, f"lake: {', '.join(sorted(set(wrong_parts))) or 'every part is whole'}"),
    ]


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unaccounted(entry: Any) -> int:
    """Records of a file that went nowhere."""
    return int(entry.rows_physical - entry.accounted)


def part_problem(settings: Settings, entry: Any) -> str:
    """What is wrong with an accepted delivery's part; empty when nothing is."""
    from connectors.lake import part_path

    if entry.state != "accepted":
        return ""
    path = part_path(settings.home, entry.source, entry.table_name, entry.delivery_id)
    try:
        with duckdb.connect() as con:
            row = con.execute(f"select count(*) from read_parquet('{path}')").fetchone()
    except duckdb.Error:
        return f"{path.name} of {entry.source}.{entry.table_name} cannot be read: run `onefunnel run --full-refresh`"
    if row is None or row[0] != entry.delivery_rows:
        raise OnefunnelError(f"{path}: holds {row} rows, the manifest says {entry.delivery_rows}.")
    return ""
