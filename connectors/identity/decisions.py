"""The stewards' links and unlinks: the last word on a pair wins, and a contradiction is told at once."""

from __future__ import annotations

from pathlib import Path

import duckdb

from connectors.errors import ConnectorError
from connectors.identity.clusters import components, places
from connectors.values import literal

SIDES = [f"{side}_{name}" for side in ("left", "right") for name in ("source", "instance", "table", "key")]


class DecisionError(ConnectorError):
    """A line of company/decisions/identity.csv cannot be followed."""


SAID = """
create or replace temp table said as
select row_number() over () + 1 as line, entity_kind, action, coalesce(cast("when" as varchar), '') as said_at, {sides}
from {file}
"""
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
    if file.exists():
        source = f"read_csv({literal(str(file))}, header = true, all_varchar = true, parallel = false)"
    else:
        names = ["when", "action", "entity_kind", *SIDES]
        source = f"(select {', '.join(f'cast(null as varchar) as {chr(34)}{name}{chr(34)}' for name in names)} where false)"
    con.execute(
        SAID.format(sides=", ".join(f"coalesce({name}, '') as {name}" for name in SIDES), file=source)
    )
    check_lines(con, file)
    con.execute(DECISIONS)
    check_contradictions(con, file)
    con.execute(REDECIDED)


def check_lines(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Every line is a link or an unlink of two records of a known kind."""
    wrong = con.execute(
        """select line, coalesce(action, ''), coalesce(entity_kind, '') from said
            where coalesce(action, '') not in ('link', 'unlink') or coalesce(entity_kind, '') not in ('person', 'account')
            or (left_source, left_instance, left_table, left_key) = (right_source, right_instance, right_table, right_key)
            order by line limit 1"""
    ).fetchall()
    for line, action, kind in wrong:
        raise DecisionError(
            f"{file} line {line}: {action!r} of {kind!r}: a decision is link or unlink, of person or account, "
            "and names two different records. Correct the line."
        )


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
