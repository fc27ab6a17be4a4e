"""The stewards' links and unlinks: the last word on a pair wins, and a contradiction is told at once."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.errors import ConnectorError
from connectors.identity.clusters import components, places

SIDES = [f"{side}_{name}" for side in ("left", "right") for name in ("source", "instance", "table", "key")]
NEEDED = ["action", "entity_kind", *SIDES]


class DecisionError(ConnectorError):
    """A line of company/decisions/identity.csv cannot be followed."""


# Both orders of a pair are one pair; the right-hand record of the last word is the stranger of an unlink.
DECISIONS = """
create or replace temp table decisions as
with numbered as (
    select said.line, said.said_at, said.entity_kind, said.action, left_record.node as left_node, right_record.node as right_node
    from said
    inner join records as left_record
        on left_record.source = said.left_source and left_record.instance = said.left_instance
        and left_record.table_name = said.left_table and left_record.record_key = said.left_key
    inner join records as right_record
        on right_record.source = said.right_source and right_record.instance = said.right_instance
        and right_record.table_name = said.right_table and right_record.record_key = said.right_key
)
select * from numbered
qualify row_number() over (
    partition by entity_kind, least(left_node, right_node), greatest(left_node, right_node) order by said_at desc, line desc) = 1
"""
# Those of tonight, and of last night, that are not in both.
REDECIDED = """
create or replace temp table redecided as
with tonight as (select entity_kind, action, left_node, right_node from decisions),
moved as (
    (from tonight except from identity_memory.decisions) union all (from identity_memory.decisions except from tonight)
)
select left_node as node from moved union select right_node from moved;
delete from identity_memory.decisions;
insert into identity_memory.decisions select entity_kind, action, left_node, right_node from decisions
"""


def read(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Temp tables `said` (every line of the file), `decisions` (those about records of tonight) and `redecided` (the records of new and former ones).

    A record that is no longer delivered makes a decision idle, not wrong: it holds again when the record is back.

    Raises:
        DecisionError: a line says neither link nor unlink, names one record twice, or contradicts others.
    """
    file = folder / "identity.csv"
    lines = read_lines(file)
    names = ["line", "said_at", *NEEDED]
    told = [{**one, "said_at": one.get("when") or ""} for one in lines]
    columns = [
        pa.array([one.get(name) for one in told], pa.int64() if name == "line" else pa.string())
        for name in names
    ]
    con.register("decision_lines", pa.Table.from_arrays(columns, names))
    con.execute("create or replace temp table said as from decision_lines")
    con.unregister("decision_lines")
    con.execute(DECISIONS)
    check_contradictions(con, file)
    con.execute(REDECIDED)


def read_lines(file: Path) -> list[dict[str, str | int]]:
    """The decisions of a file that people may have edited, oldest first, each with the number of its line; none when there is no file.

    Raises:
        DecisionError: a column is missing, or a line says neither link nor unlink, or names one record twice.
    """
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened, restkey="too_many")
        if missing := [name for name in NEEDED if name not in (rows.fieldnames or [])]:
            raise DecisionError(
                f"{file}: no column {', '.join(missing)}. The first line names the columns, with commas between: "
                f"who,when,{','.join(NEEDED)},why"
            )
        return [
            {name: value for name, value in row.items() if isinstance(value, str)} | {"line": rows.line_num}
            for row in rows
            if check_line(f"{file} line {rows.line_num}", row)
        ]


def check_line(place: str, row: dict[str, str | None]) -> bool:
    """Whether a line holds a decision; an empty one does not.

    Raises:
        DecisionError: what it holds cannot be followed.
    """
    if not any(row.values()):
        return False
    if "too_many" in row or None in row.values():
        raise DecisionError(f"{place}: too many or too few cells. Correct the line.")
    if row["action"] not in ("link", "unlink") or row["entity_kind"] not in ("person", "account"):
        raise DecisionError(
            f"{place}: {row['action']!r} of {row['entity_kind']!r}: a decision is link or unlink, of person or account. "
            "Correct the line."
        )
    left, right = ([row[name] for name in SIDES[start : start + 4]] for start in (0, 4))
    if left == right:
        raise DecisionError(f"{place} names one record twice; a decision is about two. Correct the line.")
    return True


def check_contradictions(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """An unlink may not part two records that links join, directly or through others."""
    for kind in ("person", "account"):
        found = con.execute(
            "select action, left_node, right_node, line from decisions where entity_kind = ?", [kind]
        ).df()
        nodes, (left, right) = places(found["left_node"], found["right_node"])
        linked = (found["action"] == "link").to_numpy()
        labels = components(left[linked], right[linked], len(nodes))
        wrong = found[~linked & (labels[left] == labels[right])]
        if len(wrong):
            raise DecisionError(
                f"{file} line {int(wrong['line'].min())}: parts two {kind} records that other lines link, directly or "
                "through a third. Add an unlink for one of those links, or link the pair again."
            )
