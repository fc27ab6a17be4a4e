"""A first spec of a source that nobody has described yet, from sample files: headers, types and a key, to be looked over."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb

from connectors.errors import FileError
from connectors.guess import IS_ID, kind_of, snake
from connectors.parts import canonical_select
from connectors.readers import DELIMITERS, decoded, json_documents, members, read, unique
from connectors.spec import Column, Table
from connectors.values import identifier

HEADER_WITHIN = 30  # lines in which a header is looked for
KEYS_TRIED = 6  # columns whose pairs are tried as a key
DATE_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Drafted:
    """One table of the draft, with what the sample said of it."""

    name: str
    table: Table
    rows: int = 0
    unique_key: bool = True
    unread: dict[str, int] = field(default_factory=dict)


def table_name(file: str) -> str:
    """A table's name from a file's: `WE_Leads-2026-06-30 (2).csv.gz` → `we_leads`."""
    stem = re.sub(r"(\.[A-Za-z]{2,7})+$", "", file)
    return snake(re.sub(r"[\d()]+", " ", stem)) or "rows"


def file_pattern(file: str) -> str:
    """A pattern that later files of this name match: what looks like a date or number varies."""
    return re.sub(r"\*[-_. ()*]*\*", "*", re.sub(r"\d[\d\-_. ]*\d|\d", "*", file))


def draft_tables(files: Sequence[Path]) -> list[Drafted]:
    """One table per kind of file name; what is in a zip counts by its own names.

    Raises:
        FileError: a file cannot be read, or holds no records.
    """
    with tempfile.TemporaryDirectory() as folder:
        groups: dict[str, list[tuple[str, Path]]] = {}
        for number, file in enumerate(files):
            work = Path(folder) / str(number)
            work.mkdir()
            for member, path in members(file, work):
                groups.setdefault(table_name(member), []).append((member, path))
        return [draft_table(name, group, Path(folder)) for name, group in groups.items()]


def draft_table(name: str, plain: list[tuple[str, Path]], work: Path) -> Drafted:
    """Headers of all sample files of a table, the types that their values have, and a key that is unique in them."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        headers: dict[str, None] = {}
        paths: dict[str, None] = {}
        for member, path in plain:
            listed, json_path = headers_of(member, path)
            headers |= dict.fromkeys(listed)
            paths |= dict.fromkeys([json_path] if json_path is not None else [])
        if not headers:
            raise FileError(
                f"{plain[0][0]}: holds no records with named fields. Give a sample with some rows."
            )
        columns = {
            column: Column.model_validate({"type": "text", "from": [header]})
            for header, column in named(headers).items()
        }
        patterns = list(dict.fromkeys(file_pattern(member) for member, _ in plain))
        table = Table(
            name=name, files=patterns, json_path=list(paths), grain="one row per …", key=list(columns)[:1],
            delivery="snapshot", columns=columns,
            night=r"(?P<night>\d{4}-\d{2}-\d{2})" if all(DATE_IN_NAME.search(member) for member, _ in plain) else None,
        )  # fmt: skip
        load_sample(con, table, plain, work)
        rows = int(con.execute("select count(*) from sample").fetchall()[0][0])
        if not rows:
            raise FileError(f"{plain[0][0]}: holds a header and no rows. Give a sample with some.")
        for column, one in columns.items():
            one.type, one.forms[0].unit = kind_of(con, column, one.forms[0].header)
        currencies = [column for column, one in columns.items() if one.type == "currency"]
        for one in columns.values():
            one.currency = currencies[0] if one.type == "money" and len(currencies) == 1 else None
        table.key, is_unique = key_of(con, list(columns), rows)
        for key in table.key:
            columns[key].required = True
        unread = load_sample(con, table, plain, work)
    return Drafted(name, table, rows, is_unique, unread)


def headers_of(name: str, path: Path) -> tuple[list[str], str | None]:
    """The headers of a plain file, and for JSON the path of its records."""
    suffix = Path(name).suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson"):
        return json_headers([json.loads(text) for _, text in json_documents(name, decoded(name, path))[0]])
    if suffix == ".parquet":
        with duckdb.connect() as con:
            found = con.execute("describe select * from read_parquet(?)", [str(path)]).fetchall()
        return [str(row[0]) for row in found], None
    if suffix == ".xlsx":
        from python_calamine import CalamineWorkbook

        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return header_row([[str(cell) for cell in row] for row in rows[:HEADER_WITHIN]]), None
    text = decoded(name, path)[:400_000]
    tried = [
        header_row([row for row, _ in zip(csv.reader(io.StringIO(text), delimiter=mark), range(HEADER_WITHIN), strict=False)])
        for mark in DELIMITERS
    ]  # fmt: skip
    return max(tried, key=len), None


def header_row(rows: list[list[str]]) -> list[str]:
    """The first of the widest rows: a preamble is narrower than the table below it."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = max(filled, default=0)
    header = next((row for row, count in zip(rows, filled, strict=True) if count == widest), [])
    return [one for one in unique(header) if not re.fullmatch(r"column_\d+", one)]


def json_headers(documents: list[Any]) -> tuple[list[str], str]:
    """Dotted paths of the plain values of records, and the path at which most records are."""
    places: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        for path, record in records_of(document, ""):
            places.setdefault(path, []).append(record)
    if not places:
        return [], ""
    path = max(places, key=lambda one: (len(places[one]), -len(one)))
    headers: dict[str, None] = {}
    for record in places[path]:
        headers |= dict.fromkeys(plain_paths(record, ""))
    return list(headers), path


def records_of(document: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    """Where objects are: the document itself, the items of a list, and lists inside objects."""
    if isinstance(document, list):
        return [found for one in document for found in records_of(one, f"{path}[]")]
    if not isinstance(document, dict):
        return []
    lists = {
        key: one
        for key, one in document.items()
        if isinstance(one, list) and one and isinstance(one[0], dict)
    }
    inner = [
        found for key, one in lists.items() for found in records_of(one, f"{path}.{key}".removeprefix("."))
    ]
    wrapped = [key for key, one in document.items() if isinstance(one, dict) and len(document) == 1]
    inner += [
        found for key in wrapped for found in records_of(document[key], f"{path}.{key}".removeprefix("."))
    ]
    return inner if wrapped else [(path, document), *inner]


def plain_paths(record: dict[str, Any], before: str) -> list[str]:
    """Dotted paths of values that are neither lists nor objects."""
    found = []
    for key, value in record.items():
        if isinstance(value, dict):
            found += plain_paths(value, f"{before}{key}.")
        elif not isinstance(value, list):
            found.append(f"{before}{key}")
    return found


def named(headers: dict[str, None]) -> dict[str, str]:
    """Header → column name, each name once."""
    taken: set[str] = set()
    names = {}
    for header in headers:
        base = snake(header) or "column"
        name = next(
            one for one in (base, *(f"{base}_{n}" for n in range(2, len(headers) + 2))) if one not in taken
        )
        taken.add(name)
        names[header] = name
    return names


def load_sample(
    con: duckdb.DuckDBPyConnection, table: Table, plain: list[tuple[str, Path]], work: Path
) -> dict[str, int]:
    """Temp table `sample`, through the readers that a night uses; how many cells of each column could not be read."""
    selects, unread = [], []
    for number, (member, path) in enumerate(plain):
        records = read(con, member, path, table, f"s{number}", work)
        if not records.expressions:
            continue
        rows, errors = canonical_select(con, table, records)
        selects.append(f"select * exclude (_extra, _row_number) from ({rows})")
        unread += [errors] if errors else []
    con.execute(
        f"create or replace temp table sample as {' union all '.join(selects) or 'select null as nothing where false'}"
    )
    if not unread:
        return {}
    found = con.execute(
        f"select column_name, count(*) from ({' union all '.join(unread)}) group by 1 order by 1"
    ).fetchall()
    return {str(column): int(count) for column, count in found}


def key_of(con: duckdb.DuckDBPyConnection, columns: list[str], rows: int) -> tuple[list[str], bool]:
    """The columns that tell rows apart, an id before others; and whether they do."""
    ids = [one for one in columns if re.search(IS_ID, one)]
    likely = ids + [one for one in columns if one not in ids]
    pairs = [list(pair) for pair in combinations(likely[:KEYS_TRIED], 2)]
    with_id = [pair for pair in pairs if set(pair) & set(ids)]
    # an id with another column says more of what a row is than an amount that happens to differ in a sample
    candidates = [[one] for one in ids] + with_id + [[one] for one in likely] + pairs
    for names in candidates:
        listed = ", ".join(identifier(name) for name in names)
        filled = " and ".join(f"{identifier(name)} is not null" for name in names)
        count = con.execute(
            f"select count(*) from (select distinct {listed} from sample where {filled})"
        ).fetchall()[0][0]
        if count == rows:
            return names, True
    return likely[:1], False
