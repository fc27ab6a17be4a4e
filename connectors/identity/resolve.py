"""Every record → one person, one account, with the evidence: rules over the claims that specs declare, then Splink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from connectors.identity import claims, decisions, edges, memory, splink_step, stable_ids
from connectors.identity.clusters import settle
from connectors.identity.settings import IdentityCounts, IdentitySettings
from connectors.identity.store import store

__all__ = ["IdentityCounts", "IdentitySettings", "resolve"]


@contextmanager
def any_order(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the engine write rows in whatever order it has them: no result of identity depends on it."""
    con.execute("set preserve_insertion_order = false")
    try:
        yield
    finally:
        con.execute("set preserve_insertion_order = true")


def resolve(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    night: date,
    decided: Path,
    settings: IdentitySettings | None = None,
) -> IdentityCounts:
    """Read raw_identity.claims; write identity.links, record_ids, changes and review, and the night's ids to state.

    Raises:
        DecisionError: the stewards' file in the folder `decided` cannot be followed.
    """
    settings = settings or IdentitySettings()
    memory.recall(con, settings)
    with any_order(con):
        claims.gather(con, settings)
    decisions.read(con, decided)  # which counts the lines of a file
    with any_order(con):
        edges.find_foreign(con)
        doubts = []
        for kind in ("person", "account"):  # accounts follow people
            edges.find_edges(con, kind)
            unsure = splink_step.add_edges(con, kind, settings)
            doubts += [frame.assign(kind=kind) for frame in (unsure, settle(con, kind, settings))]
        con.register("all_doubts", pd.concat(doubts))
        con.execute(
            """create or replace temp table doubts as
                select cast(kind as varchar) as kind, cast(left_node as bigint) as left_node, cast(right_node as bigint) as right_node,
                    cast(rule as varchar) as rule, cast(claim_kind as varchar) as claim_kind, cast(claim_value as varchar) as claim_value,
                    cast(probability as double) as probability, cast(why as varchar) as why from all_doubts"""
        )
        con.unregister("all_doubts")
        is_all = stable_ids.name_clusters(con, home, night)
        store(con, home, night, is_all)
        stable_ids.remember(con, home, night)
    memory.keep(con)
    return counts(con)


def counts(con: duckdb.DuckDBPyConnection) -> IdentityCounts:
    """What the night's tables hold."""
    found = con.execute(
        """select (select count(*) from identity.record_ids),
            (select count(distinct cluster) from person_cluster), (select count(distinct cluster) from account_cluster),
            (select count(*) from identity.links),
            (select count(*) from changed where change = 'merged'), (select count(*) from changed where change = 'split'),
            (select count(*) from identity.review)"""
    ).fetchall()[0]
    return IdentityCounts(*found)
