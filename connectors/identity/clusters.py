"""From edges to clusters, with brakes: what is weak may not join what something stronger keeps apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from connectors.identity.edges import WEAK
from connectors.identity.settings import IdentitySettings
from connectors.values import literal

TWO_RECORDS = "two records of one tool, and only weak evidence that they are one"
TOO_LITTLE = "too little weak evidence between two large groups of records"
TOO_LARGE = "more records than one {kind} has: cut here, at the weakest evidence"
# Weak edges are weighed in tiers of their strength: phone with name, then by what Splink thinks.
TIERS = np.array([0.96, 0.95 * 0.9999, 0.95 * 0.999, 0.95 * 0.99, 0.95 * 0.95, 0.0])
Numbers = Any  # a NumPy array: one element per record, per edge, or the places of some edges
EDGE = ("left_node", "right_node", "rule", "claim_kind", "claim_value", "probability", "strength")


@dataclass
class Graph:
    """The records that edges touch, by their places in order, and the edges: those that hold, and those that a steward should look at.

    An edge is known by its place too; `seats` has the seat of each record.
    """

    left: Numbers
    right: Numbers
    strength: Numbers
    is_weak: Numbers
    seats: Numbers
    settings: IdentitySettings
    holds: Numbers = None
    doubts: list[tuple[Numbers, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.seats)

    def labels(self) -> Numbers:
        """The cluster of every record, by the edges that hold."""
        return components(self.left[self.holds], self.right[self.holds], self.size)

    def doubt(self, edges: Numbers, why: str) -> None:
        if len(edges):
            self.doubts.append((edges, why))


def components(left: Numbers, right: Numbers, size: int) -> Numbers:
    """The connected component of every node."""
    if not size:
        return np.zeros(0, dtype=np.int64)
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1]


def places(*columns: Numbers) -> tuple[Numbers, list[Numbers]]:
    """The distinct values of some columns in order, and the columns as places among them."""
    codes, values = pd.factorize(np.concatenate([np.asarray(column, dtype=np.int64) for column in columns]))
    order = np.argsort(values)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return values[order], np.split(rank[codes], np.cumsum([len(column) for column in columns])[:-1])


def settle(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings) -> None:
    """Leave in <kind>_edges those that hold, make <kind>_cluster, and bring identity_memory.<kind>_doubts up to tonight."""
    weak = ", ".join(literal(rule) for rule in WEAK)
    found = con.execute(
        f"select rowid as place, left_node, right_node, strength, rule in ({weak}) as is_weak from {kind}_edges order by place"
    ).fetchnumpy()
    apart = con.execute(
        f"""select left_node, right_node from decisions where entity_kind = {literal(kind)} and action = 'unlink'
            and left_node in (from {kind}_region) and right_node in (from {kind}_region) order by all"""
    ).fetchnumpy()
    sides = (found["left_node"], found["right_node"], apart["left_node"], apart["right_node"])
    nodes, (left, right, ones, others) = places(*sides)
    graph = Graph(
        left, right, np.asarray(found["strength"]), np.asarray(found["is_weak"]).astype(bool),
        seats_of(con, nodes, settings), settings,
    )  # fmt: skip
    parts = components(left, right, len(nodes))
    accept_weak(graph)
    split_large(graph, kind, settings.cluster_limits[kind])
    for one, other in zip(ones, others, strict=True):  # as many as stewards have decided
        cut(graph, one, other)
    rows = np.asarray(found["place"])
    keep_doubts(con, kind, graph, rows)
    con.register("gone_edges", pd.DataFrame({"place": rows[~graph.holds]}))
    con.execute(f"delete from {kind}_edges where rowid in (select place from gone_edges)")
    con.unregister("gone_edges")
    write_clusters(con, kind, nodes, graph.labels(), parts)


def seats_of(con: duckdb.DuckDBPyConnection, nodes: Numbers, settings: IdentitySettings) -> Numbers:
    """The seat of each of some records as a small number; a record of a list that holds duplicates has one of its own."""
    lists = ", ".join(literal(one) for one in sorted(settings.holds_duplicates)) or "''"
    con.register("joined_nodes", pd.DataFrame({"node": nodes}))
    found = con.execute(
        f"select seat, source in ({lists}) as is_list from records inner join joined_nodes using (node) order by node"
    ).fetchnumpy()
    con.unregister("joined_nodes")
    own = -1 - np.arange(len(nodes))
    return np.where(np.asarray(found["is_list"]), own, pd.factorize(np.asarray(found["seat"]))[0])


def join(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Temp table `<kind>_cluster` by all of <kind>_edges."""
    held = con.execute(f"select left_node, right_node from {kind}_edges").fetchnumpy()
    nodes, (left, right) = places(held["left_node"], held["right_node"])
    labels = components(left, right, len(nodes))
    write_clusters(con, kind, nodes, labels, labels)


def keep_doubts(con: duckdb.DuckDBPyConnection, kind: str, graph: Graph, rows: Numbers) -> None:
    """Replace in identity_memory.<kind>_doubts what it says of the region: the edges that a steward should look at, and why."""
    doubted = (
        np.concatenate([edges for edges, _ in graph.doubts]) if graph.doubts else np.zeros(0, dtype=np.int64)
    )
    reasons = [why for edges, why in graph.doubts for _ in edges]
    con.register("doubted", pd.DataFrame({"place": rows[doubted], "why": pd.Series(reasons, dtype="object")}))
    con.execute(
        f"""delete from identity_memory.{kind}_doubts where left_node in (from {kind}_region) or right_node in (from {kind}_region);
            insert into identity_memory.{kind}_doubts by name
            select {", ".join(EDGE)}, cast(why as varchar) as why from {kind}_edges inner join doubted on place = {kind}_edges.rowid"""
    )
    con.unregister("doubted")


def write_clusters(
    con: duckdb.DuckDBPyConnection, kind: str, nodes: Numbers, labels: Numbers, parts: Numbers
) -> None:
    """Temp table `<kind>_cluster`: the cluster and the part of every record of the region, each called after its smallest record."""
    con.register(
        "labelled",
        pd.DataFrame({"node": nodes, "cluster": smallest(nodes, labels), "part": smallest(nodes, parts)}),
    )
    where = "where is_person" if kind == "person" else ""
    con.execute(
        f"""create or replace temp table {kind}_cluster as
            select node, coalesce(cluster, node) as cluster, coalesce(part, node) as part
            from {kind}_region semi join (from records {where}) using (node) left join labelled using (node)"""
    )
    con.unregister("labelled")


def smallest(nodes: Numbers, labels: Numbers) -> Numbers:
    """For each of some ordered nodes, the smallest of its label."""
    first = np.zeros(int(labels.max(initial=-1)) + 1, dtype=np.int64)
    first[labels[::-1]] = nodes[::-1]  # the last to be written is the smallest
    return first[labels]


def accept_weak(graph: Graph) -> None:
    """Let weak edges hold, the surest tier first: what a tier has joined stands when the next is weighed."""
    graph.holds = ~graph.is_weak
    weak = np.flatnonzero(graph.is_weak)
    tiers = np.searchsorted(-TIERS, -graph.strength[weak])
    labels = graph.labels()
    for tier in np.unique(tiers):
        labels = accept_tier(graph, weak[tiers == tier], labels)


def accept_tier(graph: Graph, weak: Numbers, labels: Numbers) -> Numbers:
    """Let edges hold, best first, where they join neither two records of one seat nor two large clusters with little support.

    Takes and returns the cluster of every record.
    """
    while len(weak):
        low, high = between(graph, weak, labels)
        graph.holds[weak[low == high]] = True
        weak = supported(graph, weak[low != high], labels)
        if not len(weak):
            break
        low, high = between(graph, weak, labels)
        groups = components(low, high, int(labels.max()) + 1)
        quiet = ~np.isin(groups[low], crowded(graph, labels, groups, np.union1d(low, high)))
        graph.holds[weak[quiet]] = True
        labels = components(low[quiet], high[quiet], int(labels.max()) + 1)[labels]
        weak = weak[~quiet]
        if not len(weak):
            break
        low, high = between(graph, weak, labels)
        best = mutual_best(graph, weak, low, high)
        clash = clashing(graph, labels, low[best], high[best])
        graph.doubt(weak[best[clash]], TWO_RECORDS)
        joined, width = best[~clash], int(labels.max()) + 1
        graph.holds[weak[joined]] = True
        refused = low[best[clash]] * width + high[best[clash]]
        settled = np.zeros(len(weak), dtype=bool)
        settled[best] = True
        weak = weak[~settled & ~np.isin(low * width + high, refused)]
        labels = components(low[joined], high[joined], width)[labels]
    return labels


def between(graph: Graph, edges: Numbers, labels: Numbers) -> tuple[Numbers, Numbers]:
    """The clusters that edges lie between, the smaller number first."""
    left, right = labels[graph.left[edges]].astype(np.int64), labels[graph.right[edges]].astype(np.int64)
    return np.minimum(left, right), np.maximum(left, right)


def supported(graph: Graph, weak: Numbers, labels: Numbers) -> Numbers:
    """Edges but for those between two large clusters that too few others support: less than one for ten records."""
    if not len(weak):
        return weak
    low, high = between(graph, weak, labels)
    sizes = np.bincount(labels)
    smaller = np.minimum(sizes[low], sizes[high])
    _, pair, counts = np.unique(low * len(sizes) + high, return_inverse=True, return_counts=True)
    lonely = (smaller >= graph.settings.large_cluster) & (counts[pair] < np.maximum(2, smaller // 10))
    graph.doubt(weak[lonely], TOO_LITTLE)
    return weak[~lonely]


def seated(graph: Graph, labels: Numbers, touched: Numbers) -> tuple[Numbers, Numbers]:
    """The (cluster, seat) pairs of some clusters, each once."""
    is_touched = np.zeros(int(labels.max(initial=0)) + 1, dtype=bool)
    is_touched[touched] = True
    nodes = np.flatnonzero(is_touched[labels])
    return distinct(labels[nodes].astype(np.int64), graph.seats[nodes])[:2]


def distinct(groups: Numbers, seats: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Distinct pairs of two columns of whole numbers, and how often each stood there."""
    least, width = seats.min(initial=0), int(seats.max(initial=0) - seats.min(initial=0)) + 1
    keys, counts = np.unique(groups * width + (seats - least), return_counts=True)
    return keys // width, keys % width + least, counts


def crowded(graph: Graph, labels: Numbers, groups: Numbers, touched: Numbers) -> Numbers:
    """Groups of clusters of which two would share a seat."""
    clusters, seats = seated(graph, labels, touched)
    taken, _, counts = distinct(groups[clusters].astype(np.int64), seats)
    return np.unique(taken[counts > 1])


def mutual_best(graph: Graph, weak: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Places in `weak` of edges that are the best of both their clusters: they touch no other, so each can be judged alone."""
    rank = np.empty(len(weak), dtype=np.int64)
    rank[np.lexsort((graph.right[weak], graph.left[weak], high, low, -graph.strength[weak]))] = np.arange(
        len(weak)
    )
    first = np.full(int(high.max()) + 1, len(weak))
    np.minimum.at(first, low, rank)
    np.minimum.at(first, high, rank)
    return np.flatnonzero((first[low] == rank) & (first[high] == rank))


def clashing(graph: Graph, labels: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Which of some pairs of clusters, no two of which touch, would seat two records of one tool together."""
    pair_of = np.full(int(labels.max()) + 1, -1)
    pair_of[low] = pair_of[high] = np.arange(len(low))
    clusters, seats = seated(graph, labels, np.union1d(low, high))
    taken, _, counts = distinct(pair_of[clusters], seats)
    return np.isin(np.arange(len(low)), taken[counts > 1])


def split_large(graph: Graph, kind: str, limit: int) -> None:
    """Cut clusters over the limit at their weakest edges, tier by tier, until each part is small or only ids hold it."""
    while True:
        labels = graph.labels()
        sizes = np.bincount(labels)
        if sizes.max(initial=0) <= limit:
            return
        cluster = labels[graph.left]
        soft = np.flatnonzero(graph.holds & (sizes[cluster] > limit) & (graph.strength < 0.999))
        if not len(soft):
            return
        weakest = np.ones(len(sizes))
        np.minimum.at(weakest, cluster[soft], graph.strength[soft])
        gone = soft[graph.strength[soft] <= weakest[cluster[soft]] + 0.005]
        graph.doubt(gone, TOO_LARGE.format(kind=kind))
        graph.holds[gone] = False


def cut(graph: Graph, one: int, other: int) -> None:
    """Part two records as cheaply as their edges allow; of equal cuts, the one nearest to the right-hand record."""
    labels = graph.labels()
    if labels[one] != labels[other]:
        return
    inside = np.flatnonzero(graph.holds & (labels[graph.left] == labels[one]))
    nodes, places = np.unique(np.stack([graph.left[inside], graph.right[inside]]), return_inverse=True)
    left, right = places.reshape(2, -1)
    cost = (graph.strength[inside] * 1000).round().clip(min=1).astype(np.int32)
    # a flow wants both directions; parallel edges add up
    matrix = coo_matrix(
        (np.r_[cost, cost], (np.r_[left, right], np.r_[right, left])), shape=(len(nodes), len(nodes))
    )
    capacity = csr_matrix(matrix, dtype=np.int32)
    source, sink = (int(np.searchsorted(nodes, node)) for node in (one, other))
    rest = capacity - maximum_flow(capacity, source, sink).flow
    rest.eliminate_zeros()
    stranger = np.zeros(len(nodes), dtype=bool)
    stranger[breadth_first_order(rest.T.tocsr(), sink, return_predecessors=False)] = True
    graph.holds[inside[stranger[left] != stranger[right]]] = False
