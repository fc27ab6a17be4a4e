"""Takes a forgotten person out of what is already kept: lake, archive and state. Each file is whole before and after.

It can be cut off anywhere and run again: a file that holds nothing of the person any more is left alone, and the counts
are taken from the files.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from connectors import archive
from connectors.errors import CountMismatch
from connectors.forget import (
    KEYS,
    MASK,
    Forgotten,
    eraser_of,
    listed,
    masked_key,
    mentions,
    record_hash,
)
from connectors.lake import part_path, side_path
from connectors.manifest import Entry, read_manifest, write_manifest
from connectors.readers import members
from connectors.spec import Source, Table
from connectors.state import write_parquet
from connectors.values import identifier, literal


@dataclass
class Erased:
    """What was (or, in a dry run, would be) erased, by place."""

    rows: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    exports: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells or self.files)


def erase(
    home: Path, specs: dict[str, Source], forgotten: Forgotten, dry_run: bool, addresses: Sequence[str] = ()
) -> Erased:
    """Erase from lake, archive and state. `addresses`, where they are known in the clear, are looked for in originals too.

    Raises:
        CountMismatch: a file's records would no longer be accounted for.
    """
    done = Erased()
    entries = read_manifest(home, date.max)
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        touched: set[tuple[str, str, str]] = set()
        for source in specs.values():
            for table in source.tables.values():
                own = [one for one in entries if (one.source, one.table_name) == (source.source, table.name)]
                touched |= erase_table(con, home, table, source.source, own, forgotten, done, dry_run)
        remove_originals(home, entries, touched, addresses, done, dry_run)
        erase_state(con, home, specs, forgotten, done, dry_run)
    if not dry_run:
        # earlier versions kept normal forms here, of phones too; nothing reads it any more
        if (old_forms := home / "identity_memory").exists():
            shutil.rmtree(old_forms)
        recount(home, entries)
    return done


def erase_table(
    con: duckdb.DuckDBPyConnection, home: Path, table: Table, source: str, entries: list[Entry], forgotten: Forgotten,
    done: Erased, dry_run: bool,
) -> set[tuple[str, str, str]]:  # fmt: skip
    """Erase from a table's parts, change parts and side files; gives (source, delivery, file) of each file that named the person."""
    place = f"{source}.{table.name}"
    touched: set[tuple[str, str, str]] = set()
    for delivery_id in sorted({one.delivery_id for one in entries}):
        part = part_path(home, source, table.name, delivery_id)
        if part.exists():
            files = erase_part(con, home, table, part, forgotten, done, place, dry_run)
            touched |= {(source, delivery_id, file) for file in files}
        for kind, column in (("quarantine", "raw"), ("cell_errors", "text")):
            side = side_path(home, kind, source, table.name, delivery_id)
            if side.exists():
                files = mask_side(con, side, column, forgotten, done, f"{place} ({kind})", dry_run)
                touched |= {(source, delivery_id, file) for file in files}
    for change in sorted((home / "lake" / "changes" / source / table.name).glob("*.parquet")):
        erase_part(con, home, table, change, forgotten, done, f"{place} (history)", dry_run)
    return touched


def erase_part(
    con: duckdb.DuckDBPyConnection, home: Path, table: Table, part: Path, forgotten: Forgotten, done: Erased, place: str,
    dry_run: bool,
) -> list[str]:  # fmt: skip
    """Rewrite one part without the person; the files of the rows that named her."""
    relation = f"read_parquet({literal(str(part))})"
    eraser = eraser_of(con, table, relation, forgotten)
    con.execute(f"create or replace temp table marked as {eraser.marked(relation)}")
    found = con.execute(
        "select _file, count(*) filter (where _is_dropped), count(*) filter (where _is_named and not _is_dropped) from marked "
        "where _is_named group by _file order by _file"
    ).fetchall()
    if not found:
        return []
    done.rows[place] += sum(row[1] for row in found)
    done.cells[place] += sum(row[2] for row in found)
    if not dry_run:
        if part.parent.parent.parent == home / "lake":  # a table's own part: its rows are counted
            remember_rows(
                con, home, part, table, "select _file as file, _row_number from marked where _is_dropped"
            )
        write_parquet(con, eraser.kept("marked"), part)
    return [str(row[0]) for row in found]


def remember_rows(con: duckdb.DuckDBPyConnection, home: Path, part: Path, table: Table, dropped: str) -> None:
    """Keep file and number of the rows that are dropped, before they are: the count that must still hold."""
    source = part.parent.parent.name.removeprefix("raw_")
    side = side_path(home, "forgotten", source, table.name, part.stem)
    known = f" union select * from read_parquet({literal(str(side))})" if side.exists() else ""
    con.execute(f"create or replace temp table dropped_rows as ({dropped}){known}")
    write_parquet(con, "select distinct * from dropped_rows order by all", side)


def mask_side(
    con: duckdb.DuckDBPyConnection,
    side: Path,
    column: str,
    forgotten: Forgotten,
    done: Erased,
    place: str,
    dry_run: bool,
) -> list[str]:
    """Mask the texts of a side file that name the person; the delivered files that they came from."""
    relation = f"read_parquet({literal(str(side))})"
    named = mentions(column, forgotten)
    found = con.execute(
        f"select file, count(*) from {relation} where {named} group by file order by file"
    ).fetchall()
    if found:
        done.cells[place] += sum(row[1] for row in found)
        if not dry_run:
            masked = f"select * replace (case when {named} then {literal(MASK)} else {column} end as {column}) from {relation}"
            con.execute(f"create or replace temp table masked as {masked}")
            write_parquet(con, "select * from masked", side)
    return [str(row[0]) for row in found]


def remove_originals(
    home: Path,
    entries: list[Entry],
    touched: set[tuple[str, str, str]],
    addresses: Sequence[str],
    done: Erased,
    dry_run: bool,
) -> None:
    """Remove the archived originals of files that named the person; their other rows are in the lake."""
    held: dict[Path, bool] = {}
    for one in entries:
        original = archive.archived(home, one.sha256, one.file)
        if original not in held:
            held[original] = original.exists() and holds(original, addresses)
        if held[original] or (one.source, one.delivery_id, one.file) in touched:
            done.exports.add(one.file)
            if original.exists() and original not in done.files:
                done.files.append(original)
            if not dry_run:
                archive.forget(home, one.sha256, one.file)


def holds(original: Path, addresses: Sequence[str]) -> bool:
    """Whether a delivered file says one of the addresses anywhere, in lines that are no records too."""
    wanted = [one.strip().lower().encode() for one in addresses]
    if not wanted:
        return False
    if original.suffix == ".xlsx":
        with zipfile.ZipFile(original) as book:
            return any(one in book.read(name).lower() for name in book.namelist() for one in wanted)
    with tempfile.TemporaryDirectory() as work:
        texts = (path.read_bytes().lower() for _, path in members(original, Path(work)))
        return any(one in text for text in texts for one in wanted)


def erase_state(
    con: duckdb.DuckDBPyConnection, home: Path, specs: dict[str, Source], forgotten: Forgotten, done: Erased, dry_run: bool
) -> None:  # fmt: skip
    """Erase from the event streams: the ids of her records go, texts that name her or are about her records too.

    A record that stays because it is a company's as well remembers its account's id, or the account would get another.
    """
    stay = [
        f"{source.source}.{table.name}"
        for source in specs.values()
        for table in source.tables.values()
        if table.identifies and table.identifies.account is not None
    ]
    stays = f"entity_kind = 'account' and source || '.' || table_name in ({', '.join(literal(one) for one in ['', *stay])})"
    for file in sorted((home / "state").glob("*/[0-9]*.parquet")):
        stream = file.parent.name
        if stream == "exports":
            continue
        relation = f"read_parquet({literal(str(file))})"
        described = con.execute(f"describe select * from {relation}").fetchall()
        texts = [str(name) for name, kind, *_ in described if kind == "VARCHAR"]
        known = listed(forgotten.records)
        is_record = set(KEYS) <= set(texts)
        own = f"coalesce(list_contains({known}, {record_hash('record_key', 'source', 'instance', 'table_name')}), false)"
        own = own if is_record and forgotten.records else "false"
        dropped = f"({own} and not ({stays}))" if stream == "identity_ids" and own != "false" else "false"
        about = [name for name in texts if name in ("observed", "expected", "suggested_fix")]
        tests = {
            name: f"({mentions(identifier(name), forgotten)}{f' or ({own} and {identifier(name)} is not null)' if name in about else ''})"
            for name in texts
        }
        named = " or ".join(tests.values()) or "false"
        rows, cells = con.execute(
            f"select count(*) filter (where {dropped}), count(*) filter (where not ({dropped}) and ({named})) from {relation}"
        ).fetchall()[0]
        if not (rows or cells):
            continue
        done.rows[f"state/{stream}"] += rows
        done.cells[f"state/{stream}"] += cells
        if not dry_run:
            replaced = ", ".join(
                f"case when {test} then {masked_key('record_key') if name == 'record_key' else literal(MASK)} else {identifier(name)} end as {identifier(name)}"
                for name, test in tests.items()
            )
            con.execute(
                f"create or replace temp table kept as select * replace ({replaced}) from {relation} where not ({dropped})"
            )
            write_parquet(con, "select * from kept", file)


def recount(home: Path, entries: list[Entry]) -> None:
    """Bring the manifest to what parts and side files hold.

    Raises:
        CountMismatch: loaded, quarantined, skipped, collapsed and forgotten are no longer what was delivered.
    """
    changed: set[date] = set()
    with duckdb.connect() as con:
        for one in entries:
            side = side_path(home, "forgotten", one.source, one.table_name, one.delivery_id)
            part = part_path(home, one.source, one.table_name, one.delivery_id)
            if not side.exists() or not part.exists():
                continue
            forgotten = count_of(con, side, "file", one.file)
            loaded = count_of(con, part, "_file", one.file)
            whole = count_of(con, part, "", "")
            if (forgotten, loaded, whole) == (one.rows_forgotten, one.rows_loaded, one.delivery_rows):
                continue
            one.rows_forgotten, one.rows_loaded, one.delivery_rows = forgotten, loaded, whole
            if one.accounted != one.rows_physical:
                raise CountMismatch(
                    f"{one.file}: {one.rows_physical} records were delivered, {one.accounted} are accounted for after erasing."
                )
            changed.add(one.night)
    for night in changed:
        write_manifest(home, night, [one for one in entries if one.night == night])


def count_of(con: duckdb.DuckDBPyConnection, file: Path, column: str, value: str) -> int:
    """Rows of a Parquet file, of one delivered file where a column is named."""
    where = f"where {column} = {literal(value)}" if column else ""
    return int(
        con.execute(f"select count(*) from read_parquet({literal(str(file))}) {where}").fetchall()[0][0]
    )
