"""The tool's side of a fix: applies import files to the tool's next export, as its own import would.

A file names its table, holds the native id and the columns that change; rows are found by the id, other columns stay.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from connectors.errors import SpecError
from connectors.spec import Source


def import_fixes(fixes: Path, exports: Path, night: str, specs: Mapping[str, Source]) -> int:
    """Apply every import file below `fixes` to the exports of a night; returns how many records were changed.

    Raises:
        SpecError: no export of the night has the table, or the id is not in it.
    """
    changed = 0
    for file in sorted(fixes.glob("*/*.csv")):
        if not file.stem.endswith("_before_after"):
            source = file.parent.name
            tables = specs[source.partition("@")[0]].tables
            table = max((name for name in tables if file.name.startswith(f"{name}_")), key=len)
            changed += import_file(file, exports / source / night, tables[table].files)
    return changed


def import_file(file: Path, folder: Path, patterns: list[str]) -> int:
    """Apply one import file to the CSV files of a folder, zipped ones too, whose names match the table's patterns."""
    header, *lines = read(file.read_bytes())
    values = {line[0]: dict(zip(header[1:], line[1:], strict=True)) for line in lines}
    missing = set(values)
    for target in sorted(folder.iterdir()):
        if target.suffix.lower() == ".zip":
            with zipfile.ZipFile(target) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
            for name, content in members.items():
                if any(fnmatch(name, pattern) for pattern in patterns):
                    members[name] = applied(content, header[0], values, missing)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in members.items():
                    archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
        elif target.suffix == ".csv" and any(fnmatch(target.name, pattern) for pattern in patterns):
            target.write_bytes(applied(target.read_bytes(), header[0], values, missing))
    if missing:
        raise SpecError(f"{file.name}: {folder} has no record {', '.join(sorted(missing))}.")
    return len(values)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def applied(content: bytes, key: str, values: Mapping[str, Mapping[str, str]], missing: set[str]) -> bytes:
    """The export with the values in their cells; ids that were found leave `missing`."""
    header, *lines = read(content)
    if key not in header or not {name for row in values.values() for name in row} <= set(header):
        return content
    place = {name: number for number, name in enumerate(header)}
    for line in lines:
        for name, value in values.get(line[place[key]], {}).items():
            line[place[name]] = value
        missing.discard(line[place[key]])
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *lines])
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + out.getvalue().encode()
