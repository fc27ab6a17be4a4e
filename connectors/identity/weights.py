"""What Splink weighed: the model's parameters as a table, for each pair in review the weight of each comparison, and the levels of each pair it joined.

The weights of a pair add up to the logarithm of its odds: log2(p / (1 - p)). They hold levels, never values.
"""

from __future__ import annotations

import json
import math

import duckdb
import pyarrow as pa

from connectors.identity.compared import KINDS, MODELS, comparisons

PAIR = (
    "left_source, left_instance, left_table, left_key, right_source, right_instance, right_table, right_key"
)
TYPES = {
    "entity_kind": pa.string(), "comparison": pa.string(), "level": pa.int32(), "label": pa.string(), "m_probability": pa.float64(),
    "u_probability": pa.float64(), "match_weight": pa.float64(),
}  # fmt: skip


def model_rows(kind: str) -> list[dict[str, object]]:
    """Every level of every comparison of a kept model; a missing value weighs nothing."""
    settings = json.loads((MODELS / f"{kind}.json").read_text(encoding="utf-8"))
    rows: list[dict[str, object]] = []
    for comparison in settings["comparisons"]:
        levels = comparison["comparison_levels"]
        named = [one for one in levels if not one.get("is_null_level")]
        for one in levels:
            m, u = one.get("m_probability"), one.get("u_probability")
            rows.append(
                {
                    "entity_kind": kind, "comparison": comparison["output_column_name"],
                    "level": -1 if one.get("is_null_level") else len(named) - 1 - named.index(one),
                    "label": one["label_for_charts"], "m_probability": m, "u_probability": u,
                    "match_weight": math.log2(m / u) if m and u else 0.0,
                }
            )  # fmt: skip
    return rows


def write_weights(con: duckdb.DuckDBPyConnection) -> None:
    """Replace identity.model_weights and identity.review_weights; needs identity.review and what Splink judged tonight."""
    rows = [row for kind in KINDS for row in model_rows(kind)]
    con.register("model_rows", pa.Table.from_pylist(rows, schema=pa.schema(list(TYPES.items()))))
    con.execute(
        "create or replace table identity.model_weights as select * from model_rows order by entity_kind, comparison, level desc"
    )
    con.unregister("model_rows")
    listed = " union all ".join(pair_levels(kind) for kind in KINDS)
    con.execute(
        f"""create or replace table identity.review_weights as
            with levels as ({listed})
            select distinct review.entity_kind, {PAIR}, levels.comparison, levels.level::integer as level,
                coalesce(weights.label, case levels.comparison when 'prior' then 'two records taken at random' end) as label,
                coalesce(levels.weight, weights.match_weight)::double as match_weight
            from identity.review as review
            inner join records as one on one.source = left_source and one.instance = left_instance and one.table_name = left_table and one.record_key = left_key
            inner join records as two on two.source = right_source and two.instance = right_instance and two.table_name = right_table and two.record_key = right_key
            inner join levels on levels.entity_kind = review.entity_kind
                and levels.left_node = least(one.node, two.node) and levels.right_node = greatest(one.node, two.node)
            left join identity.model_weights as weights
                on weights.entity_kind = levels.entity_kind and weights.comparison = levels.comparison and weights.level = levels.level
            where review.rule = 'splink'
            order by all"""
    )


def with_levels(edges: str) -> str:
    """SQL: some edges, and beside those that the model found what it saw of each: `given:5 family:4 …`, levels of identity.model_weights."""
    seen = " union all ".join(
        f"""select '{kind}' as kind, left_node, right_node, min(concat_ws(' ', {", ".join(f"'{name}:' || {name}_level" for name in comparisons(kind))})) as levels
            from {kind}_judged where is_same group by all"""
        for kind in KINDS
    )
    return f"""(
        select *, cast(null as varchar) as levels from {edges} as ruled where rule <> 'splink'
        union all
        select found.*, seen.levels from {edges} as found inner join ({seen}) as seen using (kind, left_node, right_node) where rule = 'splink')"""


def pair_levels(kind: str) -> str:
    """SQL: one row per judged pair and comparison, and one for what was thought before looking."""
    levels = [
        f"select '{kind}' as entity_kind, left_node, right_node, '{name}' as comparison, {name}_level as level, cast(null as double) as weight from {kind}_judged"
        for name in comparisons(kind)
    ]
    prior = f"select '{kind}', left_node, right_node, 'prior', 0, log2(chance / (1 - chance)) from {kind}_judged cross join {kind}_prior"
    return " union all ".join([*levels, prior])
