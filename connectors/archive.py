"""Delivered files kept as they came, named by what is in them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from uuid import uuid4

FORGOTTEN = ".forgotten"


def content_hash(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def archived(home: Path, sha256: str, name: str) -> Path:
    return home / "archive" / sha256[:2] / f"{sha256}{''.join(Path(name).suffixes[-1:]).lower()}"


def forget(home: Path, sha256: str, name: str) -> None:
    """Remove a kept file that names a forgotten person; an empty marker says that it is meant to be gone."""
    target = archived(home, sha256, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(f"{sha256}{FORGOTTEN}").touch()
    target.unlink(missing_ok=True)


def keep(home: Path, file: Path) -> tuple[str, Path]:
    """Copy a file into the archive unless it is there; its hash and its place."""
    sha256 = content_hash(file)
    target = archived(home, sha256, file.name)
    if target.with_name(f"{sha256}{FORGOTTEN}").exists():
        return sha256, file  # named a forgotten person: read where it lies, not kept
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # two tables of one file are archived at once, each by its own thread
        temporary = target.with_name(f".{target.name}.{uuid4().hex}.tmp")
        shutil.copyfile(file, temporary)
        temporary.replace(target)
    return sha256, target
