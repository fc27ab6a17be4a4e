"""How near an answer to who is who comes to the truth."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Score:
    """How near an answer comes to the truth, over the records that the truth knows."""

    precision: float
    recall: float
    b_cubed: float

    @property
    def f1(self) -> float:
        return harmonic(self.precision, self.recall)


def harmonic(one: float, two: float) -> float:
    return 2 * one * two / (one + two) if one + two else 0.0


# A record without an answer is alone.
SCORE = """
with said as (
    select truth.record, true_id, coalesce(cast(cluster as varchar), 'alone ' || truth.record) as cluster
    from truth left join answer on answer.record = truth.record
),
cells as (select true_id, cluster, count(*) as n from said group by all),
found as (select sum(n) as n from cells group by cluster),
wanted as (select sum(n) as n from cells group by true_id),
cubes as (
    select sum(n * n / sum_cluster) / sum(n) as b_precision, sum(n * n / sum_true) / sum(n) as b_recall
    from (select n, sum(n) over (partition by cluster) as sum_cluster, sum(n) over (partition by true_id) as sum_true from cells)
)
select (select sum(n * (n - 1)) from cells), (select sum(n * (n - 1)) from found), (select sum(n * (n - 1)) from wanted), b_precision, b_recall from cubes
"""


def score(con: duckdb.DuckDBPyConnection) -> Score:
    """The answer against the truth."""
    right, found, wanted, b_precision, b_recall = (float(n) for n in con.execute(SCORE).fetchall()[0])
    return Score(
        right / found if found else 1.0, right / wanted if wanted else 1.0, harmonic(b_precision, b_recall)
    )
