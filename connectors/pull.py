"""Which files are there, whose they are, and to which night each belongs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

from connectors.errors import FileError
from connectors.manifest import Entry
from connectors.spec import Source, Table

DATED_FOLDER = re.compile(r"^\d{4}-\d{2}-\d{2}$")
STILL_WRITTEN = (".part", ".tmp", ".crdownload", ".partial", ".filepart")


@dataclass(frozen=True)
class Delivered:
    """One file of one table and instance."""

    source: str
    instance: str
    table_name: str
    path: Path
    file: str
    night: date
    size: int
    modified_ns: int


def instances(exports: Path, source: str) -> list[tuple[str, Path]]:
    """The folders of a source: its own ('' as instance) and those of `source@instance`."""
    if not exports.is_dir():
        return []
    folders = [folder for folder in sorted(exports.iterdir()) if folder.is_dir()]
    return [
        (folder.name.partition("@")[2], folder)
        for folder in folders
        if folder.name.partition("@")[0] == source
    ]


def files_of(folder: Path) -> list[Path]:
    """Finished files below a folder; hidden ones and those still being written are left for the next night."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in STILL_WRITTEN
    ]


def matches(table: Table, name: str) -> bool:
    """Whether a file's name (or that of its decompressed form) is one of the table's; `!pattern` leaves names out."""
    names = {name.lower(), re.sub(r"\.(gz|zst)$", "", name, flags=re.IGNORECASE).lower()}

    def any_of(patterns: list[str]) -> bool:
        return any(fnmatch(one, pattern.lower()) for one in names for pattern in patterns)

    taken = [pattern for pattern in table.files if not pattern.startswith("!")]
    left_out = [pattern[1:] for pattern in table.files if pattern.startswith("!")]
    return any_of(taken) and not any_of(left_out)


def holds(table: Table, path: Path) -> bool:
    """Whether a file, or a member of a zip, belongs to a table."""
    if matches(table, path.name):
        return True
    if path.suffix.lower() != ".zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(
                matches(table, Path(name).name) or name.lower().endswith(".zip")
                for name in archive.namelist()
            )
    except zipfile.BadZipFile:
        return True  # reading it says so, with the file's name


def night_of(
    table: Table,
    path: Path,
    relative: Path,
    known: dict[tuple[str, str, str], date],
    key: tuple[str, str, str],
    today: date,
) -> date:
    """A dated folder, else a date in the name as the spec says, else the night the file was first seen."""
    for part in relative.parts:
        if DATED_FOLDER.match(part):
            return date.fromisoformat(part)
    if table.night and (found := re.search(table.night, path.name)):
        try:
            return date.fromisoformat(found.group("night"))
        except ValueError as error:
            raise FileError(
                f"{path.name}: '{found.group('night')}' is no date; rename the file or mend `night` in the spec."
            ) from error
    return known.get(key, today)


def find(exports: Path, specs: dict[str, Source], seen: list[Entry], today: date) -> list[Delivered]:
    """Every file that some table wants, with its night."""
    known = {
        (entry.file, entry.table_name, f"{entry.size}-{entry.modified_ns}"): entry.night for entry in seen
    }
    found = []
    for source in specs.values():
        for instance, folder in instances(exports, source.source):
            files = files_of(folder)
            for name, table in source.tables.items():
                for path in files:
                    if not holds(table, path):
                        continue
                    stat = path.stat()
                    file = path.relative_to(exports).as_posix()
                    key = (file, name, f"{stat.st_size}-{stat.st_mtime_ns}")
                    night = night_of(table, path, path.relative_to(folder), known, key, today)
                    found.append(
                        Delivered(
                            source.source, instance, name, path, file, night, stat.st_size, stat.st_mtime_ns
                        )
                    )
    return found


def undelivered(found: list[Delivered], seen: list[Entry]) -> list[date]:
    """Nights that have a file which the manifest does not know, oldest first."""
    known = {(entry.file, entry.table_name, entry.size, entry.modified_ns) for entry in seen}
    return sorted(
        {one.night for one in found if (one.file, one.table_name, one.size, one.modified_ns) not in known}
    )
