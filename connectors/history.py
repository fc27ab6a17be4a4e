"""What changed between two accepted snapshots: the memory of tools that keep none, and how a deletion is known.

A change part is named after both deliveries that it compares, so a delivery that is accepted or refused later, and the
one after it, get the right parts by themselves.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb

from connectors.lake import part_path, side_path
from connectors.manifest import Entry
from connectors.spec import Table
from connectors.state import write_parquet
from connectors.values import identifier, literal


def change_parts(home: Path, table: Table, entries: list[Entry]) -> list[Path]:
    """Change parts of a table's accepted snapshots, in order of night; those that are missing are written first."""
    if table.delivery != "snapshot":
        return []
    by_instance: dict[str, dict[str, Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.night):
        by_instance.setdefault(entry.instance, {})[entry.delivery_id] = entry
    parts = []
    for deliveries in by_instance.values():
        for before, now in pairwise([None, *deliveries.values()]):
            if now is not None:
                parts.append(change_part(home, table, before, now))
    return parts


def change_part(home: Path, table: Table, before: Entry | None, now: Entry) -> Path:
    """The part that compares two snapshots (or a first one with nothing)."""
    earlier = before.delivery_id if before else "none"
    target = side_path(home, "changes", now.source, table.name, f"{now.delivery_id}_after_{earlier}")
    if target.exists():
        return target
    current = f"select * from read_parquet({literal(str(part_path(home, now.source, table.name, now.delivery_id)))})"
    previous = f"{current} where false"
    if before:
        file = part_path(home, before.source, table.name, before.delivery_id)
        previous = f"select * from read_parquet({literal(str(file))})"
    keys = " and ".join(f"now.{identifier(key)} = before.{identifier(key)}" for key in table.key)
    first = identifier(table.key[0])
    night = literal(now.night.isoformat())
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        write_parquet(
            con,
            f"""
            select now.* exclude (_hash), case when before.{first} is null then 'inserted' else 'changed' end as _change
            from ({current}) as now left join ({previous}) as before on {keys}
            where before.{first} is null or before._hash <> now._hash
            union all by name
            select before.* exclude (_hash) replace (date {night} as _night), 'gone' as _change
            from ({previous}) as before anti join ({current}) as now on {keys}
            """,
            target,
        )
    return target
