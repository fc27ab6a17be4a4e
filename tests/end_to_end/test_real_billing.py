"""All real billing data at hand in one home: Stripe, Chargebee, Recurly, Zuora and RavenStack's five thousand subscriptions.

Recurly, Zuora and RavenStack are read by a spec and a staging folder beside this file, as a user would add a source.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "exports"
NIGHT = date(2026, 6, 30)
FILES = {
    "ravenstack": ["ravenstack/ravenstack_subscriptions.csv", "ravenstack/ravenstack_accounts.csv"],
    "recurly": [f"recurly/warehouse_tables/{name}_history_data.csv" for name in ("account", "subscription", "plan")],
    "zuora": [f"zuora/warehouse_tables/zuora_{name}_data.csv" for name in ("account", "rate_plan_charge", "invoice", "invoice_item")],
    "chargebee": [f"chargebee/api_recorded/{name}.json" for name in ("customers", "subscriptions", "invoices", "item-prices")],
    "stripe": [f"stripe/api_recorded/{name}.json" for name in ("customers", "subscriptions", "invoices", "prices")],
    "stripe@tables": [f"stripe/warehouse_tables/{name}_data.csv" for name in ("customer", "subscription", "subscription_item", "plan", "price", "invoice", "invoice_line_item", "coupon", "charge")],
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with three sources added, and the night of all the files."""
    project = tmp_path_factory.mktemp("billing")
    ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
    for package in ("connectors", "data_quality", "orchestration", "dbt_project"):
        shutil.copytree(REPOSITORY / package, project / package, ignore=ignored)
    for source in ("ravenstack", "recurly", "zuora"):
        recipe = Path(__file__).parent / source
        shutil.copy(recipe / f"{source}.yaml", project / "connectors" / "specs" / f"{source}.yaml")
        shutil.copytree(recipe / "staging", project / "dbt_project" / "models" / "staging" / source)
    for folder, files in FILES.items():
        night = project / "data" / "exports" / folder / NIGHT.isoformat()
        night.mkdir(parents=True)
        for file in files:
            shutil.copy(SHARED / file, night / Path(file).name)
    environment = {**os.environ, "PYTHONPATH": str(project), "ONEFUNNEL_HOME": str(project / "data")}
    environment.pop("ONEFUNNEL_EXPORTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # real files may well hold what a blocking rule about other things stops
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-4000:]
    return project / "data" / "warehouse.duckdb"


def query(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def mrr_of(warehouse: Path, source: str, instance: str = "", policy: str = "onefunnel") -> dict[str, Decimal]:
    rows = query(
        warehouse,
        f"""select strftime(month, '%Y-%m'), sum(closing_mrr) from mart_finance.fct_mrr_movements_by_subscription
        where policy = '{policy}' and subscription_id like '{source}:{instance}:%' group by 1 having sum(closing_mrr) > 0""",
    )
    return {str(month): Decimal(str(amount)) for month, amount in rows}


def month_ends(first: date) -> list[date]:
    """The first instant after each month to the night's."""
    found, day = [], first
    while day < NIGHT:
        day = (day + timedelta(days=32)).replace(day=1)
        found.append(day)
    return found


def test_opening_and_movements_give_the_closing_to_the_last_digit(warehouse: Path) -> None:
    moved = "opening_mrr + new_mrr + expansion_mrr + reactivation_mrr - contraction_mrr - churn_mrr"
    for table in ("fct_mrr_movements_by_currency", "fct_mrr_movements_by_subscription"):
        assert query(warehouse, f"select * from mart_finance.{table} where {moved} <> closing_mrr") == []
        breaks = f"""select * from (select *, lead(opening_mrr, 1, opening_mrr) over one as next_opening, lead(month) over one as next_month
            from mart_finance.{table} window one as (partition by policy, account_id, currency{", subscription_id" if "subscription" in table else ""} order by month))
            where next_month = month + interval 1 month and next_opening <> closing_mrr"""
        assert query(warehouse, breaks) == []
    in_euro = f"{moved} + fx_mrr + rounding_mrr <> closing_mrr or abs(rounding_mrr) > 0.00001"
    assert query(warehouse, f"select * from mart_finance.fct_mrr_movements where {in_euro}") == []
    rules = "finance/mrr_adds_up_by_currency", "finance/mrr_adds_up_in_reporting_currency", "finance/exchange_rate_is_known"  # fmt: skip
    ran = query(warehouse, f"select status from quality.rule_runs where rule_id in {rules}")
    assert ran == [("pass",)] * 3


def test_every_tool_is_in_it(warehouse: Path) -> None:
    found = query(warehouse, "select distinct source from mart_finance.fct_revenue_events order by 1")

    assert [row[0] for row in found] == ["chargebee", "ravenstack", "recurly", "stripe", "zuora"]


def test_ravenstacks_mrr_by_month_is_that_counted_from_its_file(warehouse: Path) -> None:
    with (SHARED / "ravenstack" / "ravenstack_subscriptions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counted: dict[str, Decimal] = {}
    for over in month_ends(date(2022, 12, 1)):
        # a day before the next month begins, still there
        last = (over - timedelta(days=1)).isoformat()
        total = sum(
            Decimal(row["mrr_amount"])
            for row in rows
            if row["start_date"] <= last and (not row["end_date"] or row["end_date"] > last)
        )
        if total:
            counted[last[:7]] = Decimal(total)

    assert len(rows) == 5000
    assert mrr_of(warehouse, "ravenstack") == counted


def test_recurlys_two_live_subscriptions(warehouse: Path) -> None:
    found = mrr_of(warehouse, "recurly")

    # 99 from 11 February 2015; 2,999 with add-ons of 2,597 after the trial to the 20th; two lived for ten minutes
    assert found["2015-02"] == 99 + 2999 + 2597
    assert set(found.values()) == {Decimal(5695)}
    assert len(found) == len(month_ends(date(2015, 1, 31)))


def test_zuoras_mrr_is_what_zuora_says(warehouse: Path) -> None:
    found = mrr_of(warehouse, "zuora")

    # one charge says 49 a month, from 31 December 2019 to 31 December 2023; the others say 0 or are usage
    assert set(found.values()) == {Decimal(49)}
    assert (min(found), max(found), len(found)) == ("2019-12", "2023-11", 48)
    # five months of use in yen, and as ever metered use counts under one policy alone
    assert set(mrr_of(warehouse, "zuora", policy="profitwell")) > set(found)


def test_chargebees_mrr_is_what_chargebee_says(warehouse: Path) -> None:
    answers = json.loads((SHARED / "chargebee" / "api_recorded" / "subscriptions.json").read_text())
    said = {
        f"chargebee::{one['id']}": Decimal(one["mrr"]) / 100
        for answer in answers
        for one in (entry["subscription"] for entry in answer["response"]["list"])
    }

    found = query(
        warehouse,
        """select subscription_id, closing_mrr from mart_finance.fct_mrr_movements_by_subscription
        where policy = 'onefunnel' and subscription_id like 'chargebee::%' and month = date '2026-06-01'""",
    )

    # Chargebee rounds each subscription to the cent
    assert len(said) == 5
    assert {key: Decimal(str(mrr)).quantize(Decimal("0.01"), ROUND_HALF_UP) for key, mrr in found} == said


def test_stripes_mrr_is_that_of_its_live_items(warehouse: Path) -> None:
    answers = json.loads((SHARED / "stripe" / "api_recorded" / "subscriptions.json").read_text())
    per_year = {"day": 365, "week": 52, "month": 12, "year": 1}
    said: dict[str, Decimal] = defaultdict(Decimal)
    for one in {one["id"]: one for answer in answers for one in answer["response"]["data"]}.values():
        for item in one["items"]["data"]:
            price, recurring = item["price"], item["price"]["recurring"]
            if one["status"] == "active" and recurring["usage_type"] == "licensed":
                yearly = price["unit_amount"] * item["quantity"] * per_year[recurring["interval"]]
                said[one["currency"]] += Decimal(yearly) / recurring["interval_count"] / 1200

    assert mrr_of(warehouse, "stripe")["2026-06"] == sum(said.values())
