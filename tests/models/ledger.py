"""The revenue models run in memory: conformed rows in, ledger and movements out, through the SQL that dbt compiles.

A night costs half a minute; the same models on a few rows cost a fraction of a second, so that a test can say what a
billing tool recorded and see what became of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt import Dbt
from orchestration.memory import STREAMS
from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings

ENTITIES = (
    "subscriptions", "subscription_items", "subscription_versions", "subscription_item_versions", "prices", "invoices",
    "invoice_lines", "discounts", "coupons",
)  # fmt: skip
# in the order in which each reads the ones before it
MODELS = (
    "int_exchange_rates", "int_month_rates", "int_recurring_lines", "int_recurring_charges", "int_item_sightings", "int_discounted_sightings",
    "int_lapse_sightings", "int_lapse_reasons", "int_subscription_lapses", "int_item_coverage", "int_item_levels",
    "fct_revenue_events", "int_mrr_levels", "int_mrr_runs", "int_mrr_months", "int_mrr_subscription_runs", "int_mrr_subscription_months", "fct_mrr_movements",
    "fct_mrr_movements_by_currency", "fct_mrr_movements_by_subscription", "rpt_mrr_monthly", "rpt_policy_bridge",
    "int_frozen_months", "rpt_mrr_frozen", "rpt_mrr_published", "int_revenue_definitions", "rpt_restatements",
)  # fmt: skip
Row = Mapping[str, Any]
Rows = Mapping[str, Iterable[Row]]
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")


@dataclass(frozen=True)
class Compiled:
    """Where each model's relation is, the SQL that makes it, and the columns that its contract promises."""

    relations: Mapping[str, str]
    sql: Mapping[str, str]
    kinds: Mapping[str, str]
    contracts: Mapping[str, Mapping[str, str]]

    def create(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Build a model as dbt would: a table or a view."""
        con.execute(f"create {self.kinds[name]} {self.relations[name]} as {self.sql[name]}")


def compile_models(folder: Path, **business: Any) -> Compiled:
    """Let dbt compile the revenue models; without sources, so that each entity is an empty table with its columns."""
    settings = load_settings()
    export_environment(settings, folder / "warehouse.duckdb")
    dbt: Dbt = dbt_of(settings)
    dbt = replace(dbt, target=folder / "target", variables={**dbt.variables, "conformed": {}, **business})
    names = [*MODELS, *(f"int_{entity}" for entity in ENTITIES)]
    dbt._invoke(["compile", "--select", *names])
    nodes = json.loads(dbt.manifest_path.read_text())["nodes"]
    found = {node["name"]: node for node in nodes.values() if node["name"] in names}
    return Compiled(
        {name: node["relation_name"] for name, node in found.items()},
        {name: node["compiled_code"] for name, node in found.items()},
        {name: node["config"]["materialized"] for name, node in found.items()},
        {
            name: {column["name"]: column["data_type"] for column in node["columns"].values()}
            for name, node in found.items()
            if node["config"]["contract"]["enforced"]
        },
    )


@dataclass(frozen=True)
class Ledger:
    """One run of the models."""

    con: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def mrr(self, policy: str = "onefunnel") -> dict[str, Decimal]:
        """Month → MRR of all accounts and currencies, of the months in which there is any."""
        found = self.rows(
            f"""select strftime(month, '%Y-%m'), sum(closing_mrr) from mart_finance.fct_mrr_movements_by_currency
            where policy = '{policy}' group by 1 having sum(closing_mrr) > 0 order by 1"""
        )
        return {month: plain(amount) for month, amount in found}

    def movements(self, policy: str = "onefunnel", table: str = "fct_mrr_movements_by_currency") -> dict[str, dict[str, Decimal]]:  # fmt: skip
        """Month → kind of movement → amount, of all accounts; what is 0 is left out."""
        columns = ", ".join(f"sum({kind}_mrr)" for kind in KINDS)
        found = self.rows(
            f"select strftime(month, '%Y-%m'), {columns} from mart_finance.{table} where policy = '{policy}' group by 1 order by 1"
        )
        return {
            month: moved
            for month, *amounts in found
            if (moved := {kind: plain(one) for kind, one in zip(KINDS, amounts, strict=True) if one})
        }


def plain(amount: Decimal) -> Decimal:
    """Without trailing zeros, as a test writes it."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()


def run_models(
    compiled: Compiled,
    rows: Rows,
    night: date,
    rates: Iterable[tuple[date, str, str]] = (),
    company_rates: Iterable[tuple[date, str, str]] = (),
    accounts: Mapping[str, str] | None = None,
    after: Ledger | None = None,
    merged: Iterable[tuple[str, str]] = (),
) -> Ledger:
    """Fill the entities and run every model. `accounts` maps a customer to its account; without, each is its own.

    `after` is the run of an earlier night that was published; `merged` are accounts (kept, gone) that became one tonight.
    """
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'; set threads = 2; attach ':memory:' as warehouse; use warehouse")
    for schema in (
        "intermediate",
        "mart_finance",
        "mart_core",
        "ops",
        "raw_reference",
        "raw_state",
        "identity",
        "staging",
        "seeds",
    ):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table ops.night as select ?::date as night, (?::date + interval 86399 second)::timestamptz as built_as_of",
        [night, night],
    )
    kind = "(rate_date date, currency varchar, rate_per_eur decimal(18, 8))"
    for table, given in (
        ("raw_reference.ecb_rates", rates),
        ("staging.stg_company__exchange_rates", company_rates),
    ):
        con.execute(f"create table {table} {kind}")
        if given := list(given):
            con.executemany(f"insert into {table} values (?, ?, ?)", given)
    con.execute(f"create table seeds.revenue_policies as from read_csv('{SEEDS / 'revenue_policies.csv'}')")
    recall(con, after)
    con.execute(
        "create table identity.changes (night date, entity_kind varchar, change varchar, golden_id varchar, other_id varchar)"
    )
    for kept, gone in merged:
        con.execute("insert into identity.changes values (?, 'account', 'merged', ?, ?)", [night, kept, gone])
    fill(con, compiled, rows)
    con.execute(
        """create table mart_core.xref_accounts as select distinct source, instance, customer_table as table_name,
        customer_key as record_key, customer_key as account_id from intermediate.int_subscriptions"""
    )
    for customer, account in (accounts or {}).items():
        con.execute(
            "update mart_core.xref_accounts set account_id = ? where record_key = ?", [account, customer]
        )
    for name in MODELS:
        compiled.create(con, name)
        check_contract(con, compiled, name)
    return Ledger(con)


def check_contract(con: duckdb.DuckDBPyConnection, compiled: Compiled, name: str) -> None:
    """What dbt checks before it builds a model: its columns have the types that its contract promises."""
    promised = compiled.contracts.get(name)
    if promised is not None:
        typed = ", ".join(f"cast(null as {kind}) as {column}" for column, kind in promised.items())
        wanted = dict(row[:2] for row in con.execute(f"describe select {typed}").fetchall())
        given = dict(row[:2] for row in con.execute(f"describe {compiled.relations[name]}").fetchall())
        assert given == wanted, f"{name}: {set(given.items()) ^ set(wanted.items())}"


def recall(con: duckdb.DuckDBPyConnection, after: Ledger | None) -> None:
    """What earlier published nights remember, by the streams that publishing writes."""
    for stream, (table, night_column, columns) in STREAMS.items():
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"create table raw_state.{stream} ({typed})")
        if after and stream in ("frozen_months", "restatements", "revenue_definitions"):
            own = after.rows(f"select {', '.join(columns)} from {table} order by {night_column}")
            marks = ", ".join("?" for _ in columns)
            if own:
                con.executemany(f"insert into raw_state.{stream} values ({marks})", own)


SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
# what a test need not say
USUAL: dict[str, dict[str, Any]] = {
    "subscriptions": {"customer_table": "customers", "status": "active", "currency": "EUR", "is_deleted": False},
    "subscription_items": {"currency": "EUR", "quantity": 1, "interval_unit": "month", "interval_count": 1, "is_recurring": True},
    "subscription_item_versions": {"item_key": "item", "currency": "EUR", "interval_unit": "month", "interval_count": 1, "is_recurring": True, "change": "changed"},
    "subscription_versions": {"change": "changed"},
    "prices": {"currency": "EUR", "interval_unit": "month", "interval_count": 1, "is_recurring": True},
    "invoices": {"status": "paid", "currency": "EUR", "is_deleted": False},
    "invoice_lines": {"currency": "EUR", "quantity": 1, "discount_amount": 0, "is_proration": False, "is_recurring": True},
    "discounts": {}, "coupons": {},
}  # fmt: skip


def fill(con: duckdb.DuckDBPyConnection, compiled: Compiled, rows: Rows) -> None:
    """Create every entity, with the rows given; each is of the tool `tool` unless it says otherwise."""
    for entity in ENTITIES:
        relation = compiled.relations[f"int_{entity}"]
        compiled.create(con, f"int_{entity}")
        given = [
            {"source": "tool", "instance": "", "table_name": entity, **USUAL[entity], **row}
            for row in rows.get(entity, ())
        ]
        if not given:
            continue
        kinds = {name: kind for name, kind, *_ in con.execute(f"describe {relation}").fetchall()}
        names = sorted({name for row in given for name in row})
        unknown = set(names) - set(kinds)
        assert not unknown, f"{entity} has no column {unknown}"
        casts = ", ".join(
            f"cast(json_extract_string(one, '$.{name}') as {kinds[name]}) as {name}" for name in names
        )
        document = json.dumps([{name: plain_json(value) for name, value in row.items()} for row in given])
        con.execute(
            f"insert into {relation} by name select {casts} from (select unnest(cast(? as json[])) as one)",
            [document],
        )


def plain_json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str | int) else str(value)
