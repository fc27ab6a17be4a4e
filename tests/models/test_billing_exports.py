"""Exports of Chargebee and Stripe, both catalogues and both ways out of the tool, as they reach the revenue models."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views
from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings

NIGHTS = (date(2026, 5, 30), date(2026, 5, 31))
JANUARY, FEBRUARY, MARCH = 1767225600, 1769904000, 1772323200


def stripe_subscription(key: str, **more: Any) -> dict[str, Any]:
    price = {"id": "p1", "currency": "usd", "unit_amount": 1000, "recurring": {"interval": "week", "interval_count": 2, "usage_type": "licensed"}}  # fmt: skip
    return {
        "id": key, "customer": "cus", "status": "active", "currency": "usd", "created": JANUARY, "start_date": JANUARY,
        "items": {"data": [{"id": f"si_{key}", "quantity": 2, "price": price}]}, "discounts": [], **more,
    }  # fmt: skip


def stripe_line(key: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "currency": "usd", "quantity": 1, "amount": 1000, "period": {"start": JANUARY, "end": FEBRUARY}, **more}  # fmt: skip


STRIPE_LINES = [
    # today's form says nothing of the interval; two coupons; a tiered charge is two lines
    stripe_line("il_1", parent={"type": "subscription_item_details", "subscription_item_details": {"subscription": "one", "subscription_item": "si_one", "proration": False}},
                pricing={"price_details": {"price": "p9"}}, discount_amounts=[{"amount": 500, "discount": "a"}, {"amount": 100, "discount": "b"}]),
    stripe_line("il_2", type="subscription", subscription="old", plan={"id": "gold", "amount": 1000, "interval": "month", "interval_count": 1}),
    stripe_line("il_3", type="invoiceitem", subscription="old", price={"id": "setup", "recurring": None}),
]  # fmt: skip
COUPON = {"id": "half", "percent_off": 50, "duration": "repeating"}
CHARGEBEE_SUBSCRIPTIONS = [
    {"id": "items", "customer_id": "c", "status": "active", "currency_code": "EUR", "billing_period": 1, "billing_period_unit": "year",
     "subscription_items": [{"item_price_id": "pro-year", "item_type": "plan", "quantity": 1, "unit_price": 10000, "amount": 10000},
                            {"item_price_id": "seats-year", "item_type": "addon", "quantity": 3, "unit_price": 500, "amount": 1500},
                            {"item_price_id": "setup", "item_type": "charge", "quantity": 1, "unit_price": 900, "amount": 900}],
     "coupons": [{"coupon_id": "TEN", "apply_till": MARCH}]},
    {"id": "plans", "customer_id": "c", "status": "active", "currency_code": "EUR", "billing_period": 3, "billing_period_unit": "month",
     "plan_id": "basic", "plan_quantity": 2, "plan_unit_price": 3000,
     "addons": [{"id": "support", "quantity": 1, "unit_price": 600, "amount": 600}]},
]  # fmt: skip
HEADERS = (
    "subscription[id],customer[id],subscription[status],currency,subscription[plan_id],subscription[plan_quantity],subscription[plan_unit_price],"
    "subscription[started_at],subscription[current_term_start],subscription[current_term_end],addons[id][0],addons[quantity][0],addons[unit_price][0],"
    "addons[id][1],addons[quantity][1],addons[unit_price][1],coupon_ids[0],coupon_ids[1]\n"
)


def ui_row(quantity: int, status: str) -> str:
    term = "2026-05-01 00:00:00,2026-05-08 00:00:00"
    return f"ui,c,{status},EUR,weekly,{quantity},7.50,2026-01-01 00:00:00,{term},sms,2,1.25,fax,1,0.50,TEN,\n"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Two nights of exports loaded, and staging and entities built over them."""
    home = tmp_path_factory.mktemp("exports")
    files = {
        "stripe/2026-05-31/subscriptions.json": json.dumps({"data": [
            stripe_subscription("one", pause_collection={"behavior": "void", "resumes_at": None}),
            stripe_subscription("two", discount={"id": "di", "subscription": "two", "coupon": COUPON, "start": JANUARY, "end": MARCH}, cancel_at=MARCH),
        ]}),
        "stripe/2026-05-31/invoices.json": json.dumps({"data": [
            {"id": "in", "customer": "cus", "status": "paid", "currency": "usd", "created": JANUARY, "total": 3000, "lines": {"data": STRIPE_LINES}}
        ]}),
        "chargebee/2026-05-31/subscriptions.json": json.dumps({"list": [{"subscription": one} for one in CHARGEBEE_SUBSCRIPTIONS]}),
        "chargebee/2026-05-31/coupons.json": json.dumps({"list": [{"coupon": {"id": "TEN", "discount_type": "percentage", "discount_percentage": 10, "duration_type": "limited_period"}}]}),
        "chargebee/2026-05-31/plans.json": json.dumps({"list": [{"plan": {"id": "basic", "currency_code": "EUR", "price": 3000, "period": 3, "period_unit": "month", "pricing_model": "per_unit"}}]}),
        "chargebee/2026-05-31/addons.json": json.dumps({"list": [{"addon": {"id": "once", "charge_type": "non_recurring", "currency_code": "EUR", "price": 100}}]}),
        "chargebee@ui/2026-05-30/Subscriptions.csv": HEADERS + ui_row(2, "active"),
        "chargebee@ui/2026-05-31/Subscriptions.csv": HEADERS + ui_row(4, "paused"),
    }  # fmt: skip
    for path, content in files.items():
        (home / "exports" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "exports" / path).write_text(content)
    specs = {name: spec for name, spec in load_specs().items() if name in ("stripe", "chargebee")}
    for night in NIGHTS:
        for load in load_night(home, home / "exports", specs, night, night):
            assert load.why is None, f"{load.source}.{load.table_name}: {load.why}"
    warehouse = home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_views(connection, home, specs, NIGHTS[-1])
    settings = load_settings()
    export_environment(settings, warehouse)
    dbt = dbt_of(settings)
    fed = {
        entity: [one for one in sources if one in specs]
        for entity, sources in dbt.variables["conformed"].items()
    }
    dbt = replace(dbt, target=home / "target", variables={**dbt.variables, "conformed": fed})
    entities = ("subscriptions", "subscription_items", "subscription_versions", "subscription_item_versions", "prices", "invoice_lines", "discounts", "coupons")  # fmt: skip
    results = dbt.build(["--select", *(f"+int_{entity}" for entity in entities)])
    assert {one.status for one in results} <= {"success", "pass", "warn"}, [one for one in results if one.status == "error"]  # fmt: skip
    opened = duckdb.connect(str(warehouse), read_only=True)
    opened.execute("set TimeZone = 'UTC'")
    return opened


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


ITEMS = "select item_key, amount, interval_unit, interval_count, is_recurring from intermediate.int_subscription_items where subscription_key = '{}' order by 1"  # fmt: skip


def test_every_item_of_a_subscription_is_read_whatever_the_catalogue(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, ITEMS.format("items")) == [
        ("plan", 100, "year", 1, True), ("seats-year", 15, "year", 1, True), ("setup", 9, "year", 1, False)
    ]  # fmt: skip
    assert rows(con, ITEMS.format("plans")) == [
        ("plan", 60, "month", 3, True),
        ("support", 6, "month", 3, True),
    ]
    assert rows(con, ITEMS.format("two")) == [("si_two", 20, "week", 2, True)]


def test_addons_of_the_import_friendly_export_are_items_and_its_term_says_the_interval(con: duckdb.DuckDBPyConnection) -> None:  # fmt: skip
    assert rows(con, ITEMS.format("ui")) == [
        ("fax", Decimal("0.5"), "day", 7, True), ("plan", 30, "day", 7, True), ("sms", Decimal("2.5"), "day", 7, True)
    ]  # fmt: skip


def test_what_changed_between_two_nights_is_remembered_with_its_night(con: duckdb.DuckDBPyConnection) -> None:
    items = rows(con, "select item_key, amount, seen_on, change from intermediate.int_subscription_item_versions where instance = 'ui' and item_key = 'plan' order by seen_on")  # fmt: skip
    assert items == [("plan", 15, NIGHTS[0], "inserted"), ("plan", 30, NIGHTS[1], "changed")]
    states = rows(con, "select subscription_key, status, seen_on from intermediate.int_subscription_versions where instance = 'ui' order by seen_on")  # fmt: skip
    assert states == [("ui", "active", NIGHTS[0]), ("ui", "paused", NIGHTS[1])]


def test_collection_on_hold_is_told_from_a_pause_and_a_set_end_from_a_live_subscription(con: duckdb.DuckDBPyConnection) -> None:  # fmt: skip
    assert rows(con, "select record_key, status from intermediate.int_subscriptions where source = 'stripe' order by 1") == [("one", "active"), ("two", "non_renewing")]  # fmt: skip
    assert rows(con, "select status from intermediate.int_subscription_versions where subscription_key = 'one'") == [("collection_paused",)]  # fmt: skip


def test_lines_say_all_their_coupons_and_what_recurs(con: duckdb.DuckDBPyConnection) -> None:
    columns = "record_key, subscription_key, amount, discount_amount, is_recurring, interval_unit"
    assert rows(con, f"select {columns} from intermediate.int_invoice_lines where source = 'stripe' order by 1") == [
        ("il_1", "one", 10, 6, True, None), ("il_2", "old", 10, 0, True, "month"), ("il_3", "old", 10, 0, None, None)
    ]  # fmt: skip


def test_coupons_on_subscriptions_have_their_spans(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "select source, subscription_key, coupon_key, percent_off, ends_at::date from intermediate.int_discounts order by 1, 2")  # fmt: skip
    assert found == [
        ("chargebee", "items", "TEN", None, date(2026, 3, 1)),
        # a column of the import-friendly export, which does not say until when
        ("chargebee", "ui", "TEN", None, None),
        ("stripe", "two", "half", 50, date(2026, 3, 1)),
    ]
    assert rows(con, "select record_key, percent_off, duration from intermediate.int_coupons") == [("TEN", 10, "repeating")]  # fmt: skip


def test_prices_of_the_older_catalogue_are_prices(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "select record_key, unit_amount, interval_unit, interval_count, is_recurring from intermediate.int_prices order by 1")  # fmt: skip
    assert found == [("basic", 30, "month", 3, True), ("once", 1, None, None, False)]
