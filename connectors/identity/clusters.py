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
ONE_WEAK_EDGE = "too little weak evidence between two large groups of records"
TOO_LARGE = "more records than one {kind} has: cut here, at the weakest evidence"
# Weak edges are weighed in tiers of their strength: phone with name, then by what Splink thinks.
TIERS = (0.96, 0.95 * 0.9999, 0.95 * 0.999, 0.95 * 0.99, 0.95 * 0.95, 0.0)
Labels = Any  # a NumPy array of whole numbers, one per record
ENDS = ["left_node", "right_node"]
EDGE = {
    "left_node": "bigint", "right_node": "bigint", "rule": "varchar", "claim_kind": "varchar", "claim_value": "varchar",
    "probability": "double", "strength": "double",
}  # fmt: skip


@dataclass
class Graph:
    """The records of one kind, the edges that hold, and the edges that a steward should look at."""

    edges: pd.DataFrame
    seats: Labels
    settings: IdentitySettings
    doubts: list[pd.DataFrame] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.seats)

    def doubt(self, edges: pd.DataFrame, why: str) -> None:
        if len(edges):
            self.doubts.append(edges.assign(why=why))


def components(edges: pd.DataFrame, size: int) -> Labels:
    """The connected component of every node."""
    left, right = edges["left_node"].to_numpy(dtype=int), edges["right_node"].to_numpy(dtype=int)
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1]


def settle(con: duckdb.DuckDBPyConnection, kind: str, settings: IdentitySettings) -> pd.DataFrame:
    """Replace <kind>_edges by those that hold and make <kind>_cluster; the doubtful edges are returned."""
    graph = Graph(
        con.execute(f"select * from {kind}_edges order by all").df(), seats(con, settings), settings
    )
    accept_weak(graph)
    split_large(graph, kind, settings.sizes[kind])
    apart = con.execute(
        f"select left_node, right_node from decisions where entity_kind = {literal(kind)} and action = 'unlink' order by all"
    ).df()
    for left, right in apart.itertuples(index=False):  # as many as stewards have decided
        cut(graph, int(left), int(right))
    con.register("held_edges", graph.edges)
    columns = ", ".join(f"cast({name} as {type_}) as {name}" for name, type_ in EDGE.items())
    con.execute(f"create or replace temp table {kind}_edges as select {columns} from held_edges")
    con.unregister("held_edges")
    write_clusters(con, kind, components(graph.edges, graph.size))
    return pd.concat(graph.doubts) if graph.doubts else graph.edges.head(0).assign(why="")


def write_clusters(con: duckdb.DuckDBPyConnection, kind: str, labels: Labels) -> None:
    """Temp table `<kind>_cluster`: the cluster of every record of the kind."""
    con.register("labelled", pd.DataFrame({"node": np.arange(len(labels)), "cluster": labels}))
    where = "is_person" if kind == "person" else "true"
    con.execute(
        f"create or replace temp table {kind}_cluster as select node, cluster from labelled inner join records using (node) where {where}"
    )
    con.unregister("labelled")


def seats(con: duckdb.DuckDBPyConnection, settings: IdentitySettings) -> Labels:
    """The seat (one table of one tool) that each record takes; a seat of its own in a tool that holds duplicates."""
    free = ", ".join(literal(one) for one in sorted(settings.holds_duplicates)) or "''"
    found = con.execute(
        f"""select case when source in ({free}) then -1 - node
                else dense_rank() over (order by source, instance, table_name) end as seat from records order by node"""
    )
    return found.fetchnumpy()["seat"].astype(np.int64)


def accept_weak(graph: Graph) -> None:
    """Add weak edges, the surest tier first: what a tier has joined stands when the next is weighed."""
    is_weak = graph.edges["rule"].isin(WEAK).to_numpy()
    if not is_weak.any():
        return
    columns = graph.edges.columns
    held, weak = graph.edges[~is_weak], graph.edges[is_weak]
    tiers = np.searchsorted(-np.array(TIERS), -weak["strength"].to_numpy())
    for tier in np.unique(tiers):
        held = accept_tier(graph, held, weak[tiers == tier])
    graph.edges = held[columns].sort_index()


def accept_tier(graph: Graph, held: pd.DataFrame, weak: pd.DataFrame) -> pd.DataFrame:
    """Add edges, best first, where they join neither two records of one seat nor two large clusters with little support."""
    labels = components(held, graph.size)
    while len(weak):
        weak = relabel(weak, labels)
        inside = weak["left"] == weak["right"]
        held, weak = pd.concat([held, weak[inside]]), weak[~inside]
        weak, refused = without_lonely(weak, labels, graph.settings.large_cluster)
        graph.doubt(refused, ONE_WEAK_EDGE)
        together = components(pd.concat([held, weak]), graph.size)
        quiet = ~np.isin(together[weak["left_node"]], crowded(graph, labels, together))
        held, weak = pd.concat([held, weak[quiet]]), weak[~quiet]
        if weak.empty:
            break
        labels = components(held, graph.size)
        best = mutual_best(relabel(weak, labels))
        clash = clashing(graph, labels, best)
        graph.doubt(best[clash], TWO_RECORDS)
        refused_pairs = pairs_of(best[clash], labels)
        held = pd.concat([held, best[~clash]])
        weak = weak.drop(best.index)
        weak = weak[~pairs_of(weak, labels).isin(refused_pairs)]
        labels = components(held, graph.size)
    return held


def relabel(edges: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Edges with the clusters that they lie between, the smaller first."""
    left, right = labels[edges["left_node"]], labels[edges["right_node"]]
    return edges.assign(left=np.minimum(left, right), right=np.maximum(left, right))


def pairs_of(edges: pd.DataFrame, labels: Labels) -> pd.Series:
    """One number for the pair of clusters that each edge lies between."""
    between = relabel(edges, labels)
    return between["left"].astype(np.int64) * (int(labels.max()) + 1) + between["right"]


def without_lonely(weak: pd.DataFrame, labels: Labels, large: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split off the edges between two large clusters that too few others support: less than one for ten records."""
    if weak.empty:
        return weak, weak
    sizes = np.bincount(labels)
    smaller = np.minimum(sizes[weak["left"]], sizes[weak["right"]])
    support = weak.groupby(["left", "right"])["rule"].transform("size").to_numpy()
    lonely = (smaller >= large) & (support < np.maximum(2, smaller // 10))
    return weak[~lonely], weak[lonely]


def crowded(graph: Graph, labels: Labels, together: Labels) -> Labels:
    """Components in which different clusters of `labels` would share a seat."""
    frame = pd.DataFrame({"whole": together, "part": labels, "seat": graph.seats})
    frame = frame[np.isin(together, together[multi_part(labels, together)])].drop_duplicates()
    return frame.loc[frame.duplicated(["whole", "seat"]), "whole"].unique()


def multi_part(labels: Labels, together: Labels) -> Labels:
    """Nodes whose component is more than one cluster."""
    parts = pd.DataFrame({"whole": together, "part": labels}).drop_duplicates().groupby("whole").size()
    return np.isin(together, parts.index[parts > 1].to_numpy()).nonzero()[0]


def mutual_best(weak: pd.DataFrame) -> pd.DataFrame:
    """Edges that are the best of both their clusters: they touch no other, so each can be judged alone."""
    ranked = weak.sort_values(["strength", *ENDS], ascending=[False, True, True])
    order = pd.Series(np.arange(len(ranked)), index=ranked.index)
    ends = pd.concat([ranked["left"], ranked["right"]])
    first = order.loc[ends.index].groupby(ends.to_numpy()).min()
    chosen = (first.loc[ranked["left"]].to_numpy() == order) & (
        first.loc[ranked["right"]].to_numpy() == order
    )
    kept: pd.DataFrame = ranked[chosen]
    return kept


def clashing(graph: Graph, labels: Labels, best: pd.DataFrame) -> Labels:
    """Which of some edges, no two of which touch, would seat two records of one tool together."""
    frame = pd.DataFrame({"part": labels, "seat": graph.seats}).drop_duplicates()
    sides = pd.DataFrame({"pair": np.arange(len(best)), "left": best["left"], "right": best["right"]})
    left = sides.merge(frame, left_on="left", right_on="part")[["pair", "seat"]]
    right = sides.merge(frame, left_on="right", right_on="part")[["pair", "seat"]]
    shared = left.merge(right, on=["pair", "seat"])["pair"].unique()
    return np.isin(np.arange(len(best)), shared)


def split_large(graph: Graph, kind: str, limit: int) -> None:
    """Cut clusters over the limit at their weakest edges, tier by tier, until each part is small or only ids hold it."""
    while True:
        labels = components(graph.edges, graph.size)
        sizes = np.bincount(labels)
        if sizes.max(initial=0) <= limit:
            return
        large = sizes[labels[graph.edges["left_node"]]] > limit
        soft = graph.edges[large & (graph.edges["strength"] < 0.999)]
        if soft.empty:
            return
        weakest = soft.groupby(labels[soft["left_node"]])["strength"].transform("min")
        gone = soft[soft["strength"] <= weakest + 0.005]
        graph.doubt(gone, TOO_LARGE.format(kind=kind))
        graph.edges = graph.edges.drop(gone.index)


def cut(graph: Graph, left: int, right: int) -> None:
    """Part two records as cheaply as their edges allow; of equal cuts, the one nearest to the right-hand record."""
    labels = components(graph.edges, graph.size)
    if labels[left] != labels[right]:
        return
    inside = graph.edges[labels[graph.edges["left_node"]] == labels[left]]
    nodes, places = np.unique(inside[ENDS].to_numpy(), return_inverse=True)
    ends = places.reshape(-1, 2)
    cost = (inside["strength"] * 1000).round().clip(lower=1).astype(np.int32).to_numpy()
    # a flow wants both directions; parallel edges add up
    matrix = coo_matrix(
        (np.r_[cost, cost], (np.r_[ends[:, 0], ends[:, 1]], np.r_[ends[:, 1], ends[:, 0]])),
        shape=(len(nodes), len(nodes)),
    )
    capacity = csr_matrix(matrix, dtype=np.int32)
    source, sink = (int(np.searchsorted(nodes, one)) for one in (left, right))
    rest = capacity - maximum_flow(capacity, source, sink).flow
    rest.eliminate_zeros()
    stranger = np.zeros(len(nodes), dtype=bool)
    stranger[breadth_first_order(rest.T.tocsr(), sink, return_predecessors=False)] = True
    graph.edges = graph.edges.drop(inside.index[stranger[ends[:, 0]] != stranger[ends[:, 1]]])
