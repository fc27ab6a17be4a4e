"""The page about matching: what the model holds to be evidence, and for each pair in review, and the least sure of those it joined, what spoke for and against.

Built from the analyst file it shows keys and levels only; from the steward file also what both records say.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, select_autoescape

PAIRS_SHOWN = 100
KIND = "entity_kind"
SIDES = """
    concat(left_source, case when left_instance <> '' then '@' || left_instance else '' end, '.', left_table, ':', left_key) as left_record,
    concat(right_source, case when right_instance <> '' then '@' || right_instance else '' end, '.', right_table, ':', right_key) as right_record"""
MODEL = "select entity_kind, comparison, level, label, m_probability, u_probability, match_weight::double as match_weight from identity.model_weights"
PAIRS = f"select entity_kind, probability, why, {SIDES} from identity.review where rule = 'splink' order by probability desc, left_record, right_record limit {PAIRS_SHOWN}"
JOINED = f"select entity_kind, probability, levels, {SIDES} from identity.links where rule = 'splink' order by probability, left_record, right_record limit {PAIRS_SHOWN}"
WEIGHTS = f"select entity_kind, comparison, label, match_weight::double as match_weight, {SIDES} from identity.review_weights"
SAYS = """
select concat(source, case when instance <> '' then '@' || instance else '' end, '.', table_name, ':', record_key) as record,
    concat_ws(', ', company_name, full_name, email, domain, phone, country) as says
from identity.records"""
COUNTS = "select entity_kind, count(*) as pairs from identity.review where rule = 'splink' group by entity_kind order by entity_kind"


def write_matching_page(database: Path, target: Path, names: bool = False) -> Path:
    """Write the page; the old one stays until the new one is whole. With `names`, for stewards only."""
    loader = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=loader, autoescape=select_autoescape()).get_template("matching.html")
    with duckdb.connect(str(database), read_only=True) as con:
        night = rows(con, "select night::varchar as night from ops.night")[0]["night"]
        says = {one["record"]: one["says"] for one in rows(con, SAYS)} if names else {}
        weights: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for one in rows(con, WEIGHTS):
            weights.setdefault((one[KIND], one["left_record"], one["right_record"]), []).append(one)
        pairs = [
            {**one, "bars": waterfall(weights.get((one[KIND], one["left_record"], one["right_record"]), [])),
             "left_says": says.get(one["left_record"], ""), "right_says": says.get(one["right_record"], "")}
            for one in rows(con, PAIRS)
        ]  # fmt: skip
        model = rows(con, MODEL)
        joined = [
            {**one, "bars": waterfall(weighed(model, one[KIND], one["levels"], one["probability"])),
             "left_says": says.get(one["left_record"], ""), "right_says": says.get(one["right_record"], "")}
            for one in rows(con, JOINED)
        ]  # fmt: skip
        page = template.render(
            night=night, model=parameters(model), pairs=pairs, counts=rows(con, COUNTS), joined=joined
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(target)
    return target


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """A query's rows by column; a table that the file does not have gives none."""
    try:
        found = con.execute(sql)
    except duckdb.CatalogException:
        return []
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def weighed(
    model: Iterable[dict[str, Any]], kind: str, levels: str | None, probability: float
) -> list[dict[str, Any]]:
    """The weight of each comparison of a pair that the model joined, from what it saw of it (identity.links), and of the prior."""
    labels = {(one["comparison"], one["level"]): one for one in model if one[KIND] == kind}
    seen = [one.rpartition(":") for one in (levels or "").split()]
    found = [labels[name, int(level)] for name, _, level in seen]
    weights = [
        {"comparison": one["comparison"], "label": one["label"], "match_weight": one["match_weight"]}
        for one in found
    ]
    if not weights or probability >= 1:  # of a certainty the prior cannot be told
        return weights
    odds = math.log2(probability / (1 - probability))
    prior = odds - sum(one["match_weight"] for one in weights)
    return [
        {"comparison": "prior", "label": "two records taken at random", "match_weight": prior},
        *weights,
    ]


def waterfall(weights: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bars from the odds of two random records to those of this pair; left and width in percent of the widest reach."""
    ordered = sorted(weights, key=lambda one: (one["comparison"] != "prior", one["comparison"]))
    steps, at = [], 0.0
    for one in ordered:
        steps.append({**one, "start": at, "end": at + one["match_weight"]})
        at += one["match_weight"]
    if steps:
        steps.append({"comparison": "together", "label": "", "match_weight": at, "start": 0.0, "end": at})
    return placed(steps)


def parameters(model: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The model's levels, each with its bar from 0."""
    return placed([{**one, "start": 0.0, "end": one["match_weight"]} for one in model])


def placed(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each step with the place of its bar."""
    low = min((min(one["start"], one["end"], 0.0) for one in steps), default=0.0)
    high = max((max(one["start"], one["end"], 0.0) for one in steps), default=0.0)
    span = (high - low) or 1.0
    return [
        {
            **one,
            "left": round(100 * (min(one["start"], one["end"]) - low) / span, 2),
            "width": round(100 * abs(one["end"] - one["start"]) / span, 2),
            "zero": round(100 * -low / span, 2),
        }
        for one in steps
    ]
