"""Fix files: what to import into each tool so that its records become right, and what they say now.

One import file per table and field, with the record's native id and the one column that changes: an empty cell can then
never clear another field. Beside it a file with the values before and after, for whoever checks it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Records per file, below what each tool's import takes at once.
LIMITS = {"hubspot": 250_000, "salesforce": 50_000}
LIMIT = 10_000
# A cell that begins so is run as a formula by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Fix:
    """One field of one record: what it says, and what it should say."""

    issue_id: str
    source: str
    instance: str
    table_name: str
    record_key: str
    field: str
    before: str | None
    after: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What shares an import file."""
        return (self.source, self.instance, self.table_name, self.field)


@dataclass(frozen=True)
class FixFile:
    """A file that was written, or would be."""

    path: Path
    records: int


# (source, table) → the header of its key; (source, table, field) → the header of that field, as the tool imports them
Headers = Mapping[tuple[str, ...], str]


def refusal(fix: Fix, headers: Headers) -> str | None:
    """Why a fix cannot be imported as a file and has to be made by hand; None if it can."""
    if (fix.source, fix.table_name) not in headers:
        return "its table has no single key that the tool could find it by"
    if (fix.source, fix.table_name, fix.field) not in headers:
        return f"{fix.field} is not a column of {fix.source}.{fix.table_name}"
    if fix.after.startswith(FORMULA):
        return "the value would be run as a formula"
    return None


def write_fixes(
    fixes: Iterable[Fix],
    folder: Path,
    headers: Headers,
    limits: Mapping[str, int] = LIMITS,
    dry_run: bool = False,
) -> list[FixFile]:
    """Write the import files and the before/after files of fixes that `refusal` lets through; returns the import files.

    A file is `<source>[@instance]/<table>_<field>_<number>.csv`. A record with two values for one field is left out.
    """
    places: dict[tuple[str, str, str, str], dict[str, set[Fix]]] = {}
    for fix in fixes:
        places.setdefault(fix.place, {}).setdefault(fix.record_key, set()).add(fix)
    written: list[FixFile] = []
    for place, records in sorted(places.items()):
        source, instance, table, field = place
        certain = [
            min(found, key=lambda one: one.issue_id)
            for _, found in sorted(records.items())
            if len({one.after for one in found}) == 1
        ]
        size = limits.get(source, LIMIT)
        for number, start in enumerate(range(0, len(certain), size), start=1):
            chosen = certain[start : start + size]
            target = (
                folder / (f"{source}@{instance}" if instance else source) / f"{table}_{field}_{number}.csv"
            )
            written.append(FixFile(target, len(chosen)))
            if not dry_run:
                header = [headers[source, table], headers[source, table, field]]
                write_rows(target, header, ([one.record_key, one.after] for one in chosen))
                write_rows(
                    target.with_name(f"{target.stem}_before_after.csv"),
                    [*header[:1], f"{header[1]} before", f"{header[1]} after", "issue"],
                    (
                        [one.record_key, harmless(one.before), harmless(one.after), one.issue_id]
                        for one in chosen
                    ),
                )
    return written


def harmless(value: str | None) -> str:
    """A text that no spreadsheet runs: for files that people open, never for files that a tool imports."""
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) else text


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    temporary.replace(path)
