"""No join to accounts, people or owners multiplies rows, in no mart."""

from pathlib import Path

import duckdb
import pytest

# What marts join to, with the columns that they join by.
JOINED = {
    "mart_core.dim_accounts": "account_id",
    "mart_core.dim_people": "person_id",
    "mart_core.dim_owners": "owner_id",
    "mart_core.xref_accounts": "source, instance, table_name, record_key",
    "mart_core.xref_people": "source, instance, table_name, record_key",
    "intermediate.int_accounts": "account_id",
    "intermediate.int_account_revenue": "account_id",
    "intermediate.int_account_activation": "account_id",
    "intermediate.int_owner_ids": "source, instance, owner_key",
    "intermediate.int_person_records": "source, instance, table_name, record_key",
    "intermediate.int_exchange_rates": "currency, rate_date",
}
# A fact and the records that it has one row each of.
FACTS = {
    "mart_core.fct_deals": "select count(*) from intermediate.int_deals where not coalesce(is_deleted, false)",
    "mart_core.fct_meetings": "select count(*) from intermediate.int_meetings",
    "mart_core.fct_activities": "select count(*) from intermediate.int_activities",
    "mart_core.fct_payments": "select count(*) from intermediate.int_payments",
    "mart_core.fct_subscriptions": "select count(*) from intermediate.int_subscriptions where not coalesce(is_deleted, false)",
    "mart_core.fct_invoices": "select count(*) from intermediate.int_invoices where not coalesce(is_deleted, false)",
    "intermediate.int_account_events": "select count(*) from intermediate.int_product_events where occurred_at is not null",
    "mart_funnel.fct_stage_events": "select count(*) from intermediate.int_stage_entries",
    "mart_funnel.rpt_handoffs": """
        select count(distinct (account_id, pass_number)) filter (where stage = 'mql' and pass_kind = 'new_business')
            + 2 * count(distinct (account_id, pass_number)) filter (where stage = 'won' and pass_kind = 'new_business')
            + (select count(*) from mart_core.fct_deals where deal_type = 'upsell' and account_id is not null and created_at is not null)
        from mart_funnel.fct_stage_events where not is_regression
    """,
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(finished: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True)


def number(warehouse: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(warehouse.execute(sql).fetchall()[0][0])


@pytest.mark.parametrize("table", sorted(JOINED))
def test_what_is_joined_to_has_one_row_for_its_key(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    twice = warehouse.execute(
        f"select {JOINED[table]}, count(*) from {table} group by all having count(*) > 1"
    ).fetchall()

    assert twice == []


@pytest.mark.parametrize("table", sorted(FACTS))
def test_a_fact_has_as_many_rows_as_its_records(warehouse: duckdb.DuckDBPyConnection, table: str) -> None:
    assert number(warehouse, f"select count(*) from {table}") == number(warehouse, FACTS[table])


def test_no_row_of_any_mart_stands_twice(warehouse: duckdb.DuckDBPyConnection) -> None:
    marts = warehouse.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name like 'mart_%' order by 1"
    ).fetchall()
    assert len(marts) > 40

    twice = {
        table: surplus
        for (table,) in marts
        if (surplus := number(warehouse, f"select (select count(*) from {table}) - (select count(*) from (select distinct * from {table}))"))
    }  # fmt: skip

    assert twice == {}


def test_joining_any_mart_to_accounts_keeps_its_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    marts = warehouse.execute(
        "select distinct schema_name || '.' || table_name from duckdb_columns() "
        "where schema_name like 'mart_%' and column_name = 'account_id' order by 1"
    ).fetchall()

    multiplied = [
        table
        for (table,) in marts
        if number(warehouse, f"select count(*) from {table} left join mart_core.dim_accounts using (account_id)")
        != number(warehouse, f"select count(*) from {table}")
    ]  # fmt: skip

    assert multiplied == [] and len(marts) > 15
