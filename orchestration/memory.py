"""What a published night remembers for ever, in state/: frozen months, restatements, definitions, and the funnel as it was known.

Each stream has a model that gives all rows known so far, the night's own among them; publishing keeps the night's own.
"""

import duckdb

from data_quality.profile import PROFILE
from data_quality.scores import SCORES, SILO_COST
from orchestration.steps import Night, warehouse

MOVEMENT = {
    name: "decimal(18, 6)"
    for name in (
        "opening_mrr", "new_mrr", "expansion_mrr", "reactivation_mrr", "contraction_mrr", "churn_mrr", "fx_mrr",
        "rounding_mrr", "closing_mrr",
    )
}  # fmt: skip
# stream → (the model that gives its rows, the column that names their night, column → type)
STREAMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "frozen_months": (
        "intermediate.int_frozen_months",
        "frozen_on",
        {"frozen_on": "date", "basis": "varchar", "policy": "varchar", "month": "date", "account_id": "varchar"}
        | MOVEMENT
        | {"closing_arr": "decimal(18, 4)"},
    ),
    "restatements": (
        "mart_finance.rpt_restatements",
        "night",
        {"night": "date", "policy": "varchar", "month": "date", "account_id": "varchar", "old_value": "decimal(18, 6)",
         "new_value": "decimal(18, 6)", "cause": "varchar", "evidence": "varchar"},
    ),
    "revenue_definitions": (
        "intermediate.int_revenue_definitions",
        "night",
        {"night": "date", "policy": "varchar", "definition": "varchar"},
    ),
    "funnel_as_known": (
        "mart_funnel.rpt_funnel_as_known",
        "night",
        {"night": "date", "month": "date", "stage": "varchar", "entered": "bigint"},
    ),
    "segment_events": (
        "intermediate.int_segment_events",
        "night",
        {"night": "date", "segment_id": "varchar", "account_id": "varchar", "change": "varchar"},
    ),
    "metric_definitions": (
        "intermediate.int_metric_definitions",
        "night",
        {"night": "date", "metric": "varchar", "version": "integer", "definition": "varchar"},
    ),
    "column_profile": ("ops.column_profile", "night", PROFILE),
    "quality_scores": ("quality.scores", "night", SCORES),
    "silo_cost": ("quality.silo_cost", "night", SILO_COST),
}  # fmt: skip


def create_state_views(con: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Views raw_state.<stream> over what earlier nights remembered."""
    from connectors.state import state_sql

    before = night.night.fromordinal(night.night.toordinal() - 1)
    con.execute("create schema if not exists raw_state")
    for stream, (_, _, columns) in STREAMS.items():
        con.execute(
            f"create or replace view raw_state.{stream} as {state_sql(night.home, stream, before, columns)}"
        )


def remember(night: Night) -> None:
    """Keep the night's own rows of every stream; doing a night again replaces them."""
    from connectors.state import write_state

    with warehouse(night, read_only=True) as con:
        for stream, (table, night_column, columns) in STREAMS.items():
            own = f"select {', '.join(columns)} from {table} where {night_column} = date '{night.night}' order by all"
            write_state(night.home, stream, night.night, con, own)
