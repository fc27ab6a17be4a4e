"""Which tables may open and resolve issues on a night on which an export did not come, or came without a column."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.runner import run_rules
from orchestration import steps
from orchestration.settings import Settings, business_settings

NIGHT = date(2026, 6, 30)


@pytest.fixture
def night(tmp_path: Path) -> steps.Night:
    return steps.Night(
        Settings(tmp_path, tmp_path / "exports", "duckdb", business_settings(tmp_path / "none")),
        tmp_path,
        NIGHT,
        "r",
    )


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """HubSpot came on three nights; Stripe did not tonight; the companies' country is empty since tonight."""
    con = duckdb.connect()
    for schema in ("ops", "raw_state", "quality"):
        con.execute(f"create schema {schema}")
    con.execute("create table ops.night as select date '2026-06-30' as night")
    con.execute(
        "create table ops.exports (source varchar, instance varchar, table_name varchar, night date, state varchar)"
    )
    for day in (28, 29, 30):
        for source, table in (("hubspot", "companies"), ("hubspot", "deals"), ("stripe", "invoices")):
            if (day, source) != (30, "stripe"):
                con.execute(
                    "insert into ops.exports values (?, '', ?, ?, 'accepted')",
                    [source, table, date(2026, 6, day)],
                )
    columns = "night date, source varchar, instance varchar, table_name varchar, column_name varchar, rows bigint, nulls bigint"
    con.execute(f"create table raw_state.column_profile ({columns})")
    con.execute(f"create table ops.column_profile ({columns})")
    for day, nulls in ((28, 1), (29, 2)):
        con.execute(
            "insert into raw_state.column_profile values (?, 'hubspot', '', 'companies', 'country', 30, ?)",
            [date(2026, 6, day), nulls],
        )
    con.execute(
        "insert into ops.column_profile values (date '2026-06-30', 'hubspot', '', 'companies', 'country', 31, 31)"
    )
    return con


def test_an_emptied_column_keeps_its_table_from_opening_and_resolving(
    con: duckdb.DuckDBPyConnection, night: steps.Night
) -> None:
    run_rules(con, steps.RULES, "r", NIGHT)  # other rules find no tables here and fail their own checks only

    assert steps.arrived(con, NIGHT) - steps.collapsed(con) == {("hubspot", "", "deals")}
    late = steps.late_entities(con, night)
    assert {"intermediate.int_companies", "intermediate.int_invoices"} <= late
    assert "intermediate.int_deals" not in late


def test_a_column_that_is_as_full_as_before_holds_nothing_back(
    con: duckdb.DuckDBPyConnection, night: steps.Night
) -> None:
    con.execute("update ops.column_profile set nulls = 3")
    run_rules(con, steps.RULES, "r", NIGHT)

    assert steps.collapsed(con) == set()
    assert "intermediate.int_companies" not in steps.late_entities(con, night)
