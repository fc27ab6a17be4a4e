"""What a profile keeps of a column, and what never."""

from datetime import date

import duckdb
import pytest

from data_quality.profile import PROFILE, profile_tables


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    for schema in ("ops", "raw_state", "raw_crm"):
        con.execute(f"create schema {schema}")
    empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in PROFILE.items())
    con.execute(f"create table raw_state.column_profile as select {empty} where false")
    con.execute(
        "create table raw_crm.deals (_instance varchar, deal_id varchar, name varchar, amount varchar, closed_at varchar)"
    )
    con.execute(
        "insert into raw_crm.deals values ('', 'd1', 'Zoe Zed', '9', '2026-01-02T00:00:00Z'), ('', 'd2', 'Ann Aa', '10.5', null), "
        "('', 'd3', 'Ann Aa', null, '2025-12-31T10:00:00Z'), ('acme', 'd1', null, '1', null)"
    )
    return con


def profile(
    con: duckdb.DuckDBPyConnection, day: int, tables: list[str]
) -> dict[tuple[object, ...], tuple[object, ...]]:
    kinds = {"deal_id": "other", "name": "other", "amount": "number", "closed_at": "time"}
    profile_tables(con, date(2026, 6, day), {("crm", table): kinds for table in tables})  # type: ignore[misc]
    found = con.execute(
        "select instance, column_name, rows, nulls, distinct_values, min_value, max_value, mean_value, night::varchar from ops.column_profile"
    ).fetchall()
    return {row[:2]: row[2:] for row in found}


def test_a_column_is_counted_and_only_numbers_and_times_show_a_range(con: duckdb.DuckDBPyConnection) -> None:
    found = profile(con, 1, ["deals"])

    # 9 is less than 10.5, though not as text; (9 + 10.5) / 2
    assert found["", "amount"] == (3, 1, 2, "9.000000", "10.500000", 9.75, "2026-06-01")
    assert found["", "closed_at"] == (
        3,
        1,
        2,
        "2025-12-31 10:00:00+00",
        "2026-01-02 00:00:00+00",
        None,
        "2026-06-01",
    )
    assert found["", "name"] == (3, 0, 2, None, None, None, "2026-06-01")
    assert found["acme", "amount"] == (1, 0, 1, "1.000000", "1.000000", 1.0, "2026-06-01")
    assert "Zoe Zed" not in str(con.execute("select * from ops.column_profile").fetchall())


def test_a_table_that_did_not_come_is_shown_as_last_seen(con: duckdb.DuckDBPyConnection) -> None:
    profile(con, 1, ["deals"])
    con.execute("insert into raw_state.column_profile select * from ops.column_profile")
    con.execute(
        "insert into raw_state.column_profile select * replace (date '2026-05-01' as night, 7 as rows) from ops.column_profile"
    )

    found = profile(con, 2, [])

    assert found["", "amount"][0] == 3
    assert {row[-1] for row in found.values()} == {"2026-06-01"}
