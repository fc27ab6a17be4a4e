"""Scores and the cost of silos, worked out by hand on a handful of records."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from data_quality.scores import POPULATIONS, SCORES, SILO_COST, score_quality

COLUMNS = "source varchar, instance varchar, table_name varchar, record_key varchar"
NIGHT = date(2026, 6, 30)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Ten deals and ten contacts of a CRM, of two accounts; two rules, of which one compares tools."""
    con = duckdb.connect()
    for schema in ("ops", "raw_state", "quality", "intermediate", "mart_core"):
        con.execute(f"create schema {schema}")
    for name, columns in (("quality_scores", SCORES), ("silo_cost", SILO_COST)):
        con.execute(
            f"create table raw_state.{name} ({', '.join(f'{one} {kind}' for one, kind in columns.items())})"
        )
    for tables in POPULATIONS.values():
        for table in tables:
            con.execute(f"create table intermediate.{table} ({COLUMNS})")
    con.execute("insert into intermediate.int_deals select 'crm', '', 'deals', 'd' || range from range(10)")
    con.execute(
        "insert into intermediate.int_people select 'crm', '', 'contacts', 'p' || range from range(10)"
    )
    con.execute(
        "create table ops.column_profile (source varchar, instance varchar, table_name varchar, column_name varchar, rows bigint)"
    )
    con.execute(
        "insert into ops.column_profile values ('crm', '', 'deals', 'id', 10), ('crm', '', 'deals', 'owner', 10), "
        "('crm', '', 'contacts', 'id', 10), ('fax', '', 'pages', 'id', 0)"
    )
    for table in ("xref_accounts", "fct_deals", "fct_subscriptions", "fct_invoices"):
        con.execute(f"create table mart_core.{table} ({COLUMNS}, account_id varchar)")
    con.execute(f"create table mart_core.xref_people ({COLUMNS}, person_id varchar)")
    con.execute("create table mart_core.dim_people (person_id varchar, account_id varchar)")
    con.execute(
        "insert into mart_core.fct_deals select 'crm', '', 'deals', 'd' || range, if(range < 4, 'a1', 'a2') from range(10)"
    )
    con.execute(
        "create table quality.rules (rule_id varchar, owner_department varchar, entity varchar, needs varchar, state varchar)"
    )
    con.execute(
        "insert into quality.rules values ('money/agrees', 'finance', 'deal', 'intermediate.int_invoices', 'active'), "
        "('crm/has_owner', 'sales', 'deal', '', 'active'), ('crm/is_valid', 'marketing', 'person', '', 'active')"
    )
    con.execute(
        f"create table quality.issues (issue_id varchar, rule_id varchar, {COLUMNS}, severity varchar, owner_department varchar, "
        "status varchar, incident_id varchar, money_at_risk_reporting decimal(18, 6))"
    )
    return con


def issue(
    con: duckdb.DuckDBPyConnection,
    rule: str,
    key: str,
    severity: str,
    owner: str,
    money: int | None,
    status: str = "open",
) -> None:
    table = "contacts" if key.startswith("p") else "deals"
    con.execute(
        "insert into quality.issues values (?, ?, 'crm', '', ?, ?, ?, ?, ?, ?, ?)",
        [rule + key, rule, table, key, severity, owner, status, rule, money],
    )


def scores(
    con: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], tuple[Decimal, Decimal | None, Decimal | None]]:
    score_quality(con, NIGHT, "EUR")
    found = con.execute(
        "select scope, name, score, previous_score, change from quality.scores where night = ?", [NIGHT]
    )
    return {(scope, name): (score, before, change) for scope, name, score, before, change in found.fetchall()}


def test_a_record_weighs_as_much_as_its_worst_issue(con: duckdb.DuckDBPyConnection) -> None:
    issue(con, "money/agrees", "d0", "error", "finance", 100)
    issue(con, "crm/has_owner", "d0", "warning", "sales", 40)
    issue(con, "crm/has_owner", "d5", "warning", "sales", 7)
    issue(con, "crm/is_valid", "p1", "info", "marketing", None)
    issue(con, "crm/is_valid", "p2", "error", "marketing", None, status="resolved")

    found = {key: float(score) for key, (score, _, _) in scores(con).items()}

    assert found == {
        ("source", "crm"): 92.0,  # d0 1, d5 0.5, p1 0.1 of 20 records
        ("company", "all"): 92.0,
        ("account", "a1"): 75.0,  # one of four deals
        ("account", "a2"): 91.67,  # half of one of six
        ("department", "finance"): 90.0,  # one of ten deals
        ("department", "sales"): 90.0,  # two halves of ten deals
        ("department", "marketing"): 99.0,  # a tenth of one of ten people
    }


def test_silos_cost_what_rules_between_tools_say_and_each_record_once(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into raw_state.silo_cost values (date '2026-06-29', 250, 300, 'EUR', 2, 1)")
    issue(con, "money/agrees", "d0", "error", "finance", 100)
    issue(con, "crm/has_owner", "d0", "warning", "sales", 400)
    issue(con, "crm/has_owner", "d5", "warning", "sales", 7)

    scores(con)

    tonight = con.execute(
        "select silo_cost::varchar, money_at_risk::varchar, records, incidents, change::varchar from quality.silo_cost where night = ?",
        [NIGHT],
    ).fetchall()
    assert tonight == [("100.00", "407.00", 1, 1, "-150.00")]


def test_scores_have_a_trend_and_an_account_without_issues_had_100(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into raw_state.quality_scores values (date '2026-06-29', 'source', 'crm', 20, 4, 4, 80), "
        "(date '2026-06-29', 'account', 'a1', 4, 2, 2, 50), (date '2026-06-28', 'source', 'crm', 20, 0, 0, 100)"
    )
    issue(con, "money/agrees", "d0", "error", "finance", 100)
    issue(con, "money/agrees", "d5", "error", "finance", 100)

    found = scores(con)

    assert found["source", "crm"] == (Decimal("90.00"), Decimal("80.00"), Decimal("10.00"))
    assert found["account", "a1"] == (Decimal("75.00"), Decimal("50.00"), Decimal("25.00"))
    assert found["account", "a2"] == (Decimal("83.33"), Decimal("100.00"), Decimal("-16.67"))
    nights = con.execute("select night::varchar from quality.scores where name = 'crm' order by 1").fetchall()
    assert nights == [("2026-06-28",), ("2026-06-29",), ("2026-06-30",)]
