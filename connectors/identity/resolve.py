"""Every record → one person, one account, with the evidence: rules over the claims that specs declare, then Splink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from connectors.identity import claims, decisions, edges, features, memory, region, splink_step, stable_ids
from connectors.identity.clusters import settle
from connectors.identity.compared import KINDS
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
    is_first = memory.recall(con, home, night, settings)
    with any_order(con):
        claims.gather(con, settings, is_first)
    decisions.read(con, decided)  # which counts the lines of a file
    with any_order(con):
        edges.find_foreign(con, is_first)
        for kind in KINDS:  # accounts follow people
            region.find(con, kind, is_first)
            features.describe(con, kind)
            edges.start(con, kind)
            edges.find_edges(con, kind, is_first)
            splink_step.add_edges(con, kind, settings, is_first)
            settle(con, kind, settings)
            stable_ids.tell(con, kind)
        stable_ids.name_clusters(con, home, night, is_first)
        store(con, home, night, is_first)
        stable_ids.remember(con, home, night)
    memory.keep(con, home, night)
    return counts(con)


def counts(con: duckdb.DuckDBPyConnection) -> IdentityCounts:
    """What the night's tables hold."""
    found = con.execute(
        """select (select count(*) from identity.record_ids),
            (select count(distinct cluster) from identity_memory.person_told), (select count(distinct cluster) from identity_memory.account_told),
            (select count(*) from identity.links),
            (select count(*) from changed where change = 'merged'), (select count(*) from changed where change = 'split'),
            (select count(*) from identity.review)"""
    ).fetchall()[0]
    return IdentityCounts(*found)
