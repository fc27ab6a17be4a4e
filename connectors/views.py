"""Views in the warehouse over the accepted parts of the lake, as of a night."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from connectors.forget import forgotten_sql
from connectors.history import change_parts
from connectors.lake import part_path, side_path
from connectors.manifest import COLUMNS, Entry, manifest_sql, read_manifest
from connectors.parts import columns_of
from connectors.spec import Identifies, Source, Table
from connectors.values import identifier, literal

BOOK_TYPES = {
    "_extra": "map(varchar, varchar)", "_source": "varchar", "_instance": "varchar", "_delivery_id": "varchar",
    "_row_number": "bigint", "_file": "varchar", "_night": "date",
}  # fmt: skip
Lists = dict[tuple[str, str], list[Entry]]


def create_raw_views(
    con: duckdb.DuckDBPyConnection, home: Path, specs: dict[str, Source], as_of: date
) -> None:
    """Replace raw_<source>, history_<source>, raw_identity.claims and the ops tables with those of a night."""
    accepted = create_current_views(con, home, specs, as_of)
    for source in specs.values():
        con.execute(f"create schema if not exists {identifier('history_' + source.source)}")
        for table in source.tables.values():
            history = f"{identifier('history_' + source.source)}.{identifier(table.name)}"
            entries = accepted.get((source.source, table.name), [])
            con.execute(f"create or replace view {history} as {history_sql(home, table, entries)}")
    create_ops_tables(con, home, specs, as_of)


def create_current_views(
    con: duckdb.DuckDBPyConnection, home: Path, specs: dict[str, Source], as_of: date
) -> Lists:
    """Replace raw_<source> and raw_identity.claims with those of a night; gives the accepted deliveries of each table."""
    accepted: Lists = {}
    for entry in read_manifest(home, as_of):
        if entry.state == "accepted":
            accepted.setdefault((entry.source, entry.table_name), []).append(entry)
    claims = []
    for source in specs.values():
        con.execute(f"create schema if not exists {identifier(source.schema_name)}")
        for table in source.tables.values():
            entries = accepted.get((source.source, table.name), [])
            name = f"{identifier(source.schema_name)}.{identifier(table.name)}"
            con.execute(f"create or replace view {name} as {current_sql(home, source, table, entries)}")
            if table.identifies:
                claims += claims_sql(source, table, table.identifies)
    con.execute("create schema if not exists raw_identity")
    empty = (
        "select "
        + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in CLAIMS.items())
        + " where false"
    )
    con.execute(f"create or replace view raw_identity.claims as {' union all '.join([empty, *claims])}")
    return accepted


def typed_empty(table: Table, more: dict[str, str]) -> str:
    kinds = dict.fromkeys(columns_of(table), "varchar") | BOOK_TYPES | more
    return (
        "select "
        + ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in kinds.items())
        + " where false"
    )


def parts_sql(home: Path, source: Source, table: Table, entries: list[Entry]) -> str:
    """All rows of some deliveries, with every column of today's spec, whatever spec they were loaded by."""
    files = sorted({str(part_path(home, source.source, table.name, entry.delivery_id)) for entry in entries})
    listed = ", ".join(literal(file) for file in files)
    names = ", ".join(identifier(name) for name in [*columns_of(table), *BOOK_TYPES])
    union = f"{typed_empty(table, {})} union all by name select * exclude (_hash) from read_parquet([{listed}], union_by_name = true)"
    return f"select {names} from ({union})"


def current_sql(home: Path, source: Source, table: Table, entries: list[Entry]) -> str:
    """The table as of the night, from its accepted deliveries, by the way in which it is delivered."""
    if not entries:
        return typed_empty(table, {})
    if table.delivery == "snapshot":
        newest: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda one: one.night):
            newest[entry.instance] = entry
        return parts_sql(home, source, table, list(newest.values()))
    rows = parts_sql(home, source, table, entries)
    if table.delivery == "window":
        spans = ", ".join(
            f"({literal(one.instance)}, date {literal(one.night.isoformat())}, {literal(one.cursor_from or '')}, {literal(one.cursor_to or '')})"
            for one in entries
        )
        cursor = identifier(table.cursor or "")
        return f"""select * from ({rows}) as part where not exists (
            select 1 from (values {spans}) as span (instance, night, low, high)
            where span.instance = part._instance and span.night > part._night and part.{cursor} between span.low and span.high)"""
    key = ", ".join(identifier(name) for name in table.key)
    newest_first = f"{identifier(table.cursor)} desc nulls last, " if table.cursor else ""
    return f"select * from ({rows}) qualify row_number() over (partition by _instance, {key} order by {newest_first}_night desc, _row_number desc) = 1"


def history_sql(home: Path, table: Table, entries: list[Entry]) -> str:
    """Every change between accepted snapshots: the memory of tools that keep none."""
    existing = [str(part) for part in change_parts(home, table, entries)]
    if not existing:
        return typed_empty(table, {"_change": "varchar"})
    listed = ", ".join(literal(file) for file in existing)
    names = ", ".join(identifier(name) for name in [*columns_of(table), *BOOK_TYPES, "_change"])
    empty = typed_empty(table, {"_change": "varchar"})
    return f"select {names} from ({empty} union all by name select * from read_parquet([{listed}], union_by_name = true))"


CLAIMS = {
    "source": "varchar", "instance": "varchar", "table_name": "varchar", "record_key": "varchar", "entity_kind": "varchar",
    "claim_kind": "varchar", "claim_value": "varchar", "target_source": "varchar", "target_table": "varchar",
    "first_seen": "date",
}  # fmt: skip


def claims_sql(source: Source, table: Table, who: Identifies) -> list[str]:
    """One select per claim that a table declares: one row for every record that makes it, and each value of it."""
    relation = f"{identifier(source.schema_name)}.{identifier(table.name)}"
    key = " || '|' || ".join(identifier(name) for name in table.key)

    def select(entity: str, claim: str, value: str, target: str = "") -> str:
        target_source, _, target_table = target.partition(".")
        each = (
            f"unnest(regexp_extract_all({value}, '[^;,\\s\\[\\]\"]+'))"
            if claim.startswith("other_")
            else value
        )
        # a domain is as good as another; an address beside the main one says less (connectors/identity)
        kind = "domain" if claim == "other_domain" else claim
        return (
            f"select {literal(source.source)}, _instance, {literal(table.name)}, {key}, {literal(entity)}, {literal(kind)}, {each}, "
            f"{literal(target_source)}, {literal(target_table)}, _night from {relation} where {value} is not null"
        )

    claims = []
    for entity, kinds in (("person", who.person), ("account", who.account)):
        if kinds is None:
            continue
        claims.append(select(entity, "self", key))
        claims += [select(entity, kind, identifier(column)) for kind, column in kinds.items()]
    for entity, targets in who.same_as.items():
        claims += [
            select(entity, "same_as", identifier(column), target) for target, column in targets.items()
        ]
    claims += [
        select("person", "member_of", identifier(column), target) for target, column in who.member_of.items()
    ]
    return claims


def create_ops_tables(
    con: duckdb.DuckDBPyConnection, home: Path, specs: dict[str, Source], as_of: date
) -> None:
    """ops.exports, ops.forgotten, ops.quarantine, ops.cell_errors, ops.sources."""
    con.execute("create schema if not exists ops")
    shown = ", ".join(name for name in COLUMNS if name not in ("size", "modified_ns", "state"))
    con.execute(
        f"""create or replace table ops.exports as
            select {shown}, case when state = 'accepted' and delivery_kind = 'snapshot' and night < max(night) filter (where state = 'accepted')
                over (partition by source, instance, table_name) then 'superseded' else state end as state
            from ({manifest_sql(home, as_of)}) as manifest
            left join ({kinds_sql(specs)}) as kinds using (source, table_name)
            order by night, source, instance, table_name, file"""
    )
    con.execute(f"create or replace table ops.forgotten as {forgotten_sql(home, as_of)}")
    entries = read_manifest(home, as_of)
    side_table(
        con,
        home,
        entries,
        "quarantine",
        {"file": "varchar", "member": "varchar", "line": "bigint", "raw": "varchar", "reason": "varchar"},
    )
    side_table(
        con,
        home,
        entries,
        "cell_errors",
        {"file": "varchar", "_row_number": "bigint", "column_name": "varchar", "text": "varchar"},
    )
    con.execute(
        f"""create or replace table ops.sources as
            select kinds.source, kinds.table_name, kinds.owner, kinds.max_age_hours, coalesce(exports.instance, '') as instance,
                max(exports.night) as last_night, max(exports.night) filter (where state <> 'held') as last_accepted_night,
                coalesce(arg_max(exports.delivery_rows, exports.night) filter (where state <> 'held'), 0) as rows,
                count(*) filter (where state = 'held') as held,
                coalesce(date_diff('hour', max(exports.night)::timestamp, date {literal(as_of.isoformat())}::timestamp) > kinds.max_age_hours, false) as is_late
            from ({kinds_sql(specs)}) as kinds left join ops.exports using (source, table_name)
            group by kinds.source, kinds.table_name, kinds.owner, kinds.max_age_hours, exports.instance order by all"""
    )


def kinds_sql(specs: dict[str, Source]) -> str:
    values = [
        f"({literal(source.source)}, {literal(table.name)}, {literal(table.delivery)}, {literal(source.owner)}, {table.max_age_hours})"
        for source in specs.values()
        for table in source.tables.values()
    ]
    return f"select * from (values {', '.join(values)}) as kinds (source, table_name, delivery_kind, owner, max_age_hours)"


def side_table(
    con: duckdb.DuckDBPyConnection, home: Path, entries: list[Entry], kind: str, columns: dict[str, str]
) -> None:
    """A table over the side files of all deliveries that are known, held ones too."""
    known = {
        (entry.source, entry.instance, entry.table_name, entry.delivery_id, entry.night) for entry in entries
    }
    selects = []
    for source, instance, table, delivery_id, night in sorted(known):
        path = side_path(home, kind, source, table, delivery_id)
        if path.exists():
            selects.append(
                f"select {literal(source)} as source, {literal(instance)} as instance, {literal(table)} as table_name, "
                f"{literal(delivery_id)} as delivery_id, date {literal(night.isoformat())} as night, * from read_parquet({literal(str(path))})"
            )
    typed = ", ".join(f"cast(null as {one}) as {name}" for name, one in columns.items())
    empty = (
        "select cast(null as varchar) as source, cast(null as varchar) as instance, cast(null as varchar) as table_name, "
        f"cast(null as varchar) as delivery_id, cast(null as date) as night, {typed} where false"
    )
    con.execute(f"create or replace table ops.{kind} as {' union all by name '.join([empty, *selects])}")
