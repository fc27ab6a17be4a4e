"""Contracts of raw tables as Great Expectations checks them, and what its documents may hold."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.contracts import RawTable, raw_suites
from data_quality.errors import QualityError
from data_quality.gx_adapter import run_expectations

NIGHT = date(2026, 6, 30)
TABLES = [
    RawTable(
        "crm",
        "deals",
        ["deal_id"],
        {"deal_id": "text", "amount": "money", "stage": "text"},
        ["deal_id", "stage"],
        True,
    ),
    RawTable("crm", "notes", ["note_id"], {"note_id": "text"}, ["note_id"], True),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema raw_crm")
        con.execute("create schema ops")
        con.execute(
            "create table raw_crm.deals (_instance varchar, deal_id varchar, amount varchar, stage varchar)"
        )
        con.execute(
            "insert into raw_crm.deals select '', 'jane.doe@acme.example-' || range, '12.50', 'open' from range(100)"
        )
        con.execute("create table ops.sources (source varchar, table_name varchar, is_late boolean)")
        con.execute("insert into ops.sources values ('crm', 'deals', false)")
        con.execute(
            "create table ops.exports (source varchar, instance varchar, table_name varchar, night date, delivery_id varchar, "
            "delivery_rows bigint, rows_loaded bigint, state varchar)"
        )
        for day in (27, 28, 29, 30):
            con.execute(
                "insert into ops.exports values ('crm', '', 'deals', ?, ?, 100, 100, 'accepted')",
                [date(2026, 6, day), f"x{day}"],
            )
    return path


def failed(database: Path, docs: Path) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as con:
        raw = raw_suites(con, TABLES, NIGHT)
    assert set(raw) == {"raw_crm.deals", "ops.sources"}  # nothing fed the notes
    results = run_expectations(
        database, raw, {"raw_crm.deals": [{"type": "ExpectColumnValuesToNotBeNull", "column": "stage"}]}, docs
    )
    return [one.expectation for one in results if not one.success]


def test_a_contract_holds_and_each_way_to_break_it_is_told_in_documents_without_records(
    database: Path, tmp_path: Path
) -> None:
    assert failed(database, tmp_path / "docs") == []

    with duckdb.connect(str(database)) as con:
        con.execute(
            "insert into raw_crm.deals select '', 'jane.doe@acme.example-' || range, 'twelve', null from range(1, 250)"
        )
        con.execute("insert into raw_crm.deals values ('', null, '1', 'open')")
        con.execute("update ops.sources set is_late = true")
    said = failed(database, tmp_path / "docs")

    assert [one.partition(" {")[0] for one in said] == [
        "expect_column_values_to_not_be_null", "the key is unique", "every value is of its column's type",
        "expect_table_row_count_to_be_between", "every table came within its freshness limit", "expect_column_values_to_not_be_null",
    ]  # fmt: skip
    assert "'min_value': 33, 'max_value': 300" in said[3]
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "docs").rglob("*.html")]
    assert pages and not any("jane.doe" in page or "twelve" in page for page in pages)


def test_a_published_suite_about_no_table_is_an_error(database: Path, tmp_path: Path) -> None:
    with pytest.raises(QualityError, match=r"has no table mart_core\.nonsense"):
        run_expectations(database, {}, {"mart_core.nonsense": []}, tmp_path / "docs")
