"""Deliveries into the lake: archive → read → canonical values → guard → immutable Parquet parts → manifest."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors import archive, guard, pull
from connectors.errors import CountMismatch, FileError
from connectors.forget import MASK, Forgotten, eraser_of, mentions, read_forgotten
from connectors.manifest import Entry, read_manifest, write_manifest
from connectors.parts import canonical_select, columns_of, missing_columns
from connectors.readers import Records, members, read
from connectors.spec import Source, Table
from connectors.state import write_parquet
from connectors.values import identifier, literal

Progress = Callable[[str], None]
BOOKKEEPING = ("_source", "_instance", "_delivery_id", "_row_number", "_file", "_night")


@dataclass
class TableLoad:
    """What one night's delivery of one table and instance came to."""

    source: str
    instance: str
    table_name: str
    entries: list[Entry] = field(default_factory=list)

    def total(self, count: str) -> int:
        return sum(int(getattr(entry, count)) for entry in self.entries)

    @property
    def loaded(self) -> int:
        return self.total("rows_loaded")

    @property
    def state(self) -> str:
        return self.entries[0].state if self.entries else "accepted"

    @property
    def why(self) -> str | None:
        return next((entry.why for entry in self.entries if entry.why), None)


def part_path(home: Path, source: str, table: str, delivery_id: str) -> Path:
    return home / "lake" / f"raw_{source}" / table / f"{delivery_id}.parquet"


def side_path(home: Path, kind: str, source: str, table: str, delivery_id: str) -> Path:
    """Where change parts (`changes`), `quarantine` and `cell_errors` of a delivery are."""
    return home / "lake" / kind / source / table / f"{delivery_id}.parquet"


def plan_nights(home: Path, exports: Path, specs: dict[str, Source], today: date) -> list[date]:
    """Nights with a file that no night has worked off, oldest first."""
    seen = read_manifest(home, date.max)
    return pull.undelivered(pull.find(exports, specs, seen, today), seen)


def deliveries(
    home: Path, exports: Path, specs: dict[str, Source], night: date, today: date
) -> list[list[pull.Delivered]]:
    """The night's files, grouped into deliveries: one per source, instance and table."""
    found = [
        one for one in pull.find(exports, specs, read_manifest(home, date.max), today) if one.night == night
    ]
    found.sort(key=lambda one: (one.source, one.instance, one.table_name, one.file))
    return [
        list(files) for _, files in groupby(found, key=lambda one: (one.source, one.instance, one.table_name))
    ]


def load_night(
    home: Path,
    exports: Path,
    specs: dict[str, Source],
    night: date,
    today: date,
    progress: Progress = lambda text: None,
) -> list[TableLoad]:
    """Load all deliveries of a night and write its manifest. Doing it again gives the same parts and the same manifest."""
    planned = deliveries(home, exports, specs, night, today)

    def work(files: list[pull.Delivered]) -> TableLoad:
        load = load_delivery(home, specs[files[0].source].tables[files[0].table_name], files)
        progress(f"{load.source}{'@' + load.instance if load.instance else ''}.{load.table_name}")
        return load

    with ThreadPoolExecutor(max_workers=2) as pool:
        loads = list(pool.map(work, planned))
    write_manifest(home, night, [entry for load in loads for entry in load.entries])
    return loads


def load_delivery(home: Path, table: Table, files: list[pull.Delivered]) -> TableLoad:
    """Load one delivery: every file of one table, instance and night."""
    first = files[0]
    load = TableLoad(first.source, first.instance, first.table_name)
    kept = [(one, *archive.keep(home, one.path)) for one in files]
    label = "|".join([first.source, first.instance, first.table_name, first.night.isoformat()])
    shas = sorted({sha256 for _, sha256, _ in kept})
    delivery_id = hashlib.sha256("|".join([label, *shas]).encode()).hexdigest()[:16]
    for one, sha256, _ in kept:
        load.entries.append(
            Entry(
                delivery_id, first.source, first.instance, first.table_name, one.file, sha256, first.night,
                size=one.size, modified_ns=one.modified_ns,
            )
        )  # fmt: skip
    with duckdb.connect(config={"threads": 1}) as con, tempfile.TemporaryDirectory() as scratch:
        con.execute("set TimeZone = 'UTC'")
        try:
            Delivery(con, home, table, delivery_id, first.source, Path(scratch)).load(
                load, [path for _, _, path in kept]
            )
        except FileError as error:
            for entry in load.entries:
                entry.state, entry.why = "held", str(error)
    return load


class Delivery:
    """One delivery on its way into the lake, in an in-memory database of its own."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        home: Path,
        table: Table,
        delivery_id: str,
        source: str,
        scratch: Path,
    ) -> None:
        self.con, self.home, self.table, self.source, self.scratch = con, home, table, source, scratch
        self.delivery_id = delivery_id
        self.rows: list[str] = []
        self.errors: list[str] = []
        self.quarantine: list[tuple[str, str, int, str, str]] = []
        self.missing: dict[str, list[str]] = {}
        self.forgotten: Counter[str] = Counter()
        self.named: set[str] = set()

    def load(self, load: TableLoad, paths: list[Path]) -> None:
        for number, (entry, path) in enumerate(zip(load.entries, paths, strict=True)):
            self.read_file(entry, path, f"f{number}")
        self.collapse(load)
        self.forget()
        self.count(load)
        why = guard.objection(self.con, self.home, self.table, load.entries, self.missing)
        for entry in load.entries:
            entry.state, entry.why = ("held", why) if why else ("accepted", None)
        self.write(load)
        for entry in load.entries:
            if entry.file in self.named:
                archive.forget(self.home, entry.sha256, entry.file)

    def read_file(self, entry: Entry, path: Path, prefix: str) -> None:
        """Read every member of a file that belongs to the table, and add its canonical rows."""
        name = Path(entry.file).name
        renamed = self.scratch / f"{prefix}-{name}"
        renamed.symlink_to(path)
        skipped: dict[str, int] = {}
        for number, (member, plain) in enumerate(members(renamed, self.scratch)):
            member = member.removeprefix(f"{prefix}-")
            if (
                Path(name).suffix.lower() == ".zip"
                and not pull.matches(self.table, name)
                and not pull.matches(self.table, member)
            ):
                continue
            relation = f"{prefix}_{number}"
            records = read(self.con, member, plain, self.table, relation, self.scratch)
            entry.rows_physical += records.physical
            for kind, count in records.skipped.items():
                skipped[kind] = skipped.get(kind, 0) + count
            entry.rows_quarantined += len(records.rejected)
            self.quarantine += [(entry.file, member, line, raw, why) for line, raw, why in records.rejected]
            if absent := missing_columns(self.con, self.table, records):
                self.missing[member] = absent
            self.add(entry, records)
        entry.rows_skipped = sum(skipped.values())
        entry.skipped_as = json.dumps(skipped, sort_keys=True) if skipped else None

    def add(self, entry: Entry, records: Records) -> None:
        """Canonical rows and cell errors of one relation of records, as temporary tables."""
        rows, errors = canonical_select(self.con, self.table, records)
        book = (
            f"{literal(entry.source)} as _source, {literal(entry.instance)} as _instance, {literal(self.delivery_id)} as "
            f"_delivery_id, _row_number, {literal(entry.file)} as _file, date {literal(entry.night.isoformat())} as _night"
        )
        self.con.execute(
            f"create or replace temp table {records.relation}_booked as select * exclude (_row_number), {book} from ({rows})"
        )
        self.rows.append(f"select * from {records.relation}_booked")
        if errors:
            self.con.execute(
                f"create or replace temp table errors_{records.relation} as select *, {literal(entry.file)} as file from ({errors})"
            )
            self.errors.append(f"select * from errors_{records.relation}")
        self.con.execute(f"drop table {records.relation}")

    def collapse(self, load: TableLoad) -> None:
        """Quarantine rows without a key; collapse rows of one key: identical ones to one, conflicting ones to the newest."""
        columns = columns_of(self.table)
        typed = ", ".join(
            [
                *(f"cast(null as varchar) as {identifier(name)}" for name in columns),
                "cast(null as map(varchar, varchar)) as _extra",
            ]
        )
        typed += ", '' as _source, '' as _instance, '' as _delivery_id, 0::bigint as _row_number, '' as _file, date '2000-01-01' as _night"
        union = " union all ".join([f"(select {typed} where false)", *self.rows])
        self.con.execute(f"create temp table everything as {union}")
        keyless = " or ".join(f"{identifier(key)} is null" for key in self.table.key)
        for file, number, raw in self.con.execute(
            f"select _file, _row_number, cast(to_json({{{', '.join(f'{literal(c)}: {identifier(c)}' for c in columns)}}}) as varchar) "
            f"from everything where {keyless} order by all"
        ).fetchall():
            self.quarantine.append(
                (
                    file,
                    Path(file).name,
                    number,
                    raw,
                    f"no value in the key column {', '.join(self.table.key)}",
                )
            )
            next(entry for entry in load.entries if entry.file == file).rows_quarantined += 1
        key = ", ".join(identifier(name) for name in self.table.key)
        newest = f"{identifier(self.table.cursor)} desc nulls last, " if self.table.cursor else ""
        # an upsert may hold several versions of a record: rows of one key conflict only within one version
        version = (
            f"{key}, {identifier(self.table.cursor)}"
            if self.table.delivery == "upsert" and self.table.cursor
            else key
        )
        content = f"md5(cast(row({', '.join(identifier(c) for c in columns)}, _extra) as varchar))"
        self.con.execute(
            f"""create temp table accepted as
                select * exclude (_place) from (
                    select *, {content} as _hash, row_number() over (
                        partition by {key} order by {newest}_file desc, _row_number desc) as _place
                    from everything where not ({keyless})
                ) where _place = 1 order by _file, _row_number"""
        )
        conflicting = self.con.execute(
            f"select count(*) from (select {key} from everything where not ({keyless}) group by {version} having count(distinct {content}) > 1)"
        ).fetchall()[0][0]
        for entry in load.entries:
            entry.conflicting_keys = conflicting

    def forget(self) -> None:
        """Keep forgotten people out: their own rows go and are counted, other rows lose the cells that name them."""
        forgotten = read_forgotten(self.home)
        if not forgotten:
            return
        eraser = eraser_of(self.con, self.table, "accepted", forgotten)
        self.con.execute(f"create temp table marked as {eraser.marked('accepted')}")
        named = "select _file, count(*) filter (where _is_dropped) from marked where _is_named group by _file"
        self.forgotten = Counter(dict(self.con.execute(named).fetchall()))
        self.named = set(self.forgotten)
        self.con.execute(
            f"create or replace temp table accepted as {eraser.kept('marked')} order by _file, _row_number"
        )
        rows = "select _file as file, _row_number from marked where _is_dropped order by all"
        if self.forgotten.total():
            side = side_path(self.home, "forgotten", self.source, self.table.name, self.delivery_id)
            write_parquet(self.con, rows, side)
        self.quarantine = [
            (file, member, line, MASK if self.names(raw, file, forgotten) else raw, why)
            for file, member, line, raw, why in self.quarantine
        ]
        text = mentions("text", forgotten)
        self.errors = [
            f"select * replace (case when {text} then {literal(MASK)} else text end as text) from ({one})"
            for one in self.errors
        ]

    def names(self, raw: str, file: str, forgotten: Forgotten) -> bool:
        """Whether a quarantined text names a forgotten person; its file is then not kept either."""
        found = bool(self.con.execute(f"select {mentions('$raw', forgotten)}", {"raw": raw}).fetchall()[0][0])
        if found:
            self.named.add(file)
        return found

    def count(self, load: TableLoad) -> None:
        """Loaded and collapsed per file, and the sum that must hold."""
        count = "select _file, count(*) from {} group by _file"
        read_rows = dict(self.con.execute(count.format("everything")).fetchall())
        loaded = dict(self.con.execute(count.format("accepted")).fetchall())
        keyless = {
            entry.file: sum(
                1
                for row in self.quarantine
                if row[0] == entry.file and row[4].startswith("no value in the key")
            )
            for entry in load.entries
        }
        for entry in load.entries:
            entry.rows_loaded = loaded.get(entry.file, 0)
            entry.rows_forgotten = self.forgotten[entry.file]
            entry.rows_collapsed = (
                read_rows.get(entry.file, 0) - keyless[entry.file] - entry.rows_loaded - entry.rows_forgotten
            )
            entry.delivery_rows = sum(loaded.values())
            if entry.accounted != entry.rows_physical:
                raise CountMismatch(
                    f"{entry.file}: {entry.rows_physical} records were counted, {entry.accounted} are accounted for "
                    f"(loaded {entry.rows_loaded}, quarantined {entry.rows_quarantined}, skipped {entry.rows_skipped}, "
                    f"collapsed {entry.rows_collapsed}, forgotten {entry.rows_forgotten})."
                )
        if cursor := self.table.cursor:
            column = identifier(cursor)
            low, high = self.con.execute(f"select min({column}), max({column}) from accepted").fetchall()[0]
            for entry in load.entries:
                entry.cursor_from, entry.cursor_to = low, high

    def write(self, load: TableLoad) -> None:
        """The part, its quarantine and its cell errors, each whole or not at all."""
        source, table = load.source, load.table_name
        write_parquet(
            self.con, "select * from accepted", part_path(self.home, source, table, self.delivery_id)
        )
        quarantine = pa.table(
            {
                name: pa.array([row[number] for row in self.quarantine], kind)
                for number, (name, kind) in enumerate(
                    [
                        ("file", pa.string()),
                        ("member", pa.string()),
                        ("line", pa.int64()),
                        ("raw", pa.string()),
                        ("reason", pa.string()),
                    ]
                )
            }
        )
        self.con.register("quarantined", quarantine)
        write_parquet(
            self.con,
            "select * from quarantined",
            side_path(self.home, "quarantine", source, table, self.delivery_id),
        )
        if self.errors:
            errors = " union all ".join(self.errors)
            write_parquet(
                self.con, errors, side_path(self.home, "cell_errors", source, table, self.delivery_id)
            )
