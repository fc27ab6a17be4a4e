"""How long the revenue models take on many subscriptions over five years.

    python -m tests.benchmarks.revenue_speed [SUBSCRIPTIONS …]

The billing records are made by SQL: monthly and yearly subscriptions in two currencies, with changes inside a period, late
and unpaid invoices, cancellations and returns. The models are the ones that a night runs, as dbt compiles them, in one
DuckDB on two threads; the movements that are views are read in full too. Conforming the exports, dbt's own time, frozen
months (which need earlier nights), the reports after the movements and publishing are not in it. Beside them stands plain
SQL that reads the lines once and gives MRR by account and month under one policy, without proration, dues, events or
movements: what the least careful query costs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.memory import STREAMS
from tests.models.ledger import ENTITIES, MODELS, SEEDS, Compiled, compile_models

SIZES = (10_000, 1_000_000)
NIGHT = "2026-06-30"
MONTHS = 60
MOVEMENTS = ("fct_mrr_movements", "fct_mrr_movements_by_currency", "fct_mrr_movements_by_subscription")
STATE = (
    "int_frozen_months",
    "rpt_mrr_frozen",
    "rpt_mrr_published",
    "int_revenue_definitions",
    "rpt_restatements",
)


@dataclass(frozen=True)
class Speed:
    """Seconds of one rebuild, of reading every movement once, and of the plain query on the same lines."""

    subscriptions: int
    lines: int
    movements: int
    seconds: float
    reading_seconds: float
    plain_seconds: float
    slowest: list[tuple[str, float]]

    @property
    def ratio(self) -> float:
        return self.seconds / self.plain_seconds

    def line(self) -> str:
        slow = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.slowest)
        return (
            f"{self.subscriptions:>9,} subscriptions, {self.lines:>11,} lines → {self.movements:>11,} movements in "
            f"{self.seconds:7.1f} s, read in {self.reading_seconds:6.1f} s; plain SQL {self.plain_seconds:6.1f} s, "
            f"ratio {self.ratio:.1f} (slowest: {slow})"
        )


# what happened to each subscription, by its number alone: the same on every machine
SUBSCRIPTIONS = f"""
create temp table told as
select
    number, number // 11 * 10 + number % 11 % 10 as account, case when number % 4 = 0 then 'USD' else 'EUR' end as currency,
    number % 5 = 0 as is_yearly, begins, least(begins + life, {MONTHS}) as ends, begins + life < {MONTHS} as is_over,
    5 + number % 95 as price, 1 + number % 7 as seats,
    case when number % 10 = 3 then begins + 2 + cast(hash(number, 4) % 6 as bigint) end as change_month, number % 20 = 7 as is_late, number % 50 = 9 as is_unpaid
from (select range as number, cast(hash(range, 1) % {MONTHS} as bigint) as begins, cast(1 + hash(range, 2) % 40 as bigint) as life from range(?))
"""
DAY = "(date '2021-07-01' + to_months(cast({month} as integer)) + to_days(cast(number % 28 as integer)))::timestamptz"
RECORDS = {
    "subscriptions": """
        select 'tool' as source, '' as instance, 'subscriptions' as table_name, 's' || number as record_key, 'customers' as customer_table,
            'c' || account as customer_key, case when is_over then 'cancelled' else 'active' end as status, currency,
            {begins} as started_at, case when is_over then {ends} end as ended_at, false as is_deleted
        from told""",
    "periods": """
        select *, unnest(range(begins, ends, case when is_yearly then 12 else 1 end)) as month from told""",
    "invoices": """
        select 'tool' as source, '' as instance, 'invoices' as table_name, 'i' || number || '-' || month as record_key, 'customers' as customer_table,
            'c' || account as customer_key, 's' || number as subscription_key, currency, {month} as issued_at, {month} as due_at,
            case when is_unpaid and month >= ends - 2 then null when is_late and month = begins + 1 then {month} + interval 45 day else {month} end as paid_at,
            case when is_unpaid and month >= ends - 2 then 'open' else 'paid' end as status, price * seats as total, false as is_deleted
        from periods""",
    "invoice_lines": """
        select 'tool' as source, '' as instance, 'invoice_lines' as table_name, 'l' || number || '-' || month || '-' || part as record_key,
            'i' || number || '-' || month as invoice_key, 's' || number as subscription_key, 'plan' as item_key, 'p' as price_key, currency,
            quantity, price * case when is_yearly then 10 else 1 end as unit_amount, 0 as discount_amount, part > 0 as is_proration, true as is_recurring,
            case when is_yearly then 'year' else 'month' end as interval_unit, 1 as interval_count,
            case when part = 0 then {month} else {month} + (({over} - {month}) / 2) end as period_start, {over} as period_end,
            cast(case part when 0 then 1 when 1 then -0.5 else 0.5 end * quantity * price * case when is_yearly then 10 else 1 end as decimal(18, 4)) as amount
        from (
            select *, 0 as part, seats + case when month > change_month then 2 else 0 end as quantity from periods
            union all
            select *, unnest([1, 2]) as part, seats + case when part = 2 then 2 else 0 end as quantity from periods where month = change_month
        )""",
}  # fmt: skip
PLAIN = f"""
create or replace table plain as
select customer_key, currency, month, sum(annual) / 12 as mrr
from (
    select customer_key, lines.currency, amount * case interval_unit when 'year' then 1 else 12 end as annual,
        unnest(generate_series(date_trunc('month', period_start)::date, least(date_trunc('month', period_end - interval 1 day)::date, date '{NIGHT}'), interval 1 month)) as month
    from intermediate.int_invoice_lines as lines
    inner join intermediate.int_invoices as invoices on lines.invoice_key = invoices.record_key and invoices.status = 'paid'
    where not is_proration
)
group by all
"""  # fmt: skip


def simulate(con: duckdb.DuckDBPyConnection, compiled: Compiled, subscriptions: int) -> None:
    """The conformed tables of a billing tool with so many subscriptions."""
    for schema in (
        "intermediate",
        "mart_finance",
        "mart_core",
        "ops",
        "raw_reference",
        "raw_state",
        "staging",
        "seeds",
    ):
        con.execute(f"create schema {schema}")
    con.execute(
        f"create table ops.night as select date '{NIGHT}' as night, timestamptz '{NIGHT} 23:59:59+00' as built_as_of"
    )
    con.execute(
        "create table staging.stg_company__exchange_rates (rate_date date, currency varchar, rate_per_eur decimal(18, 8))"
    )
    con.execute(
        """create table raw_reference.ecb_rates as select cast(range as date) as rate_date, 'USD' as currency,
        cast(1.1 as decimal(18, 8)) as rate_per_eur from range(date '2021-06-01', date '2026-07-01', interval 1 day)"""
    )
    con.execute(f"create table seeds.revenue_policies as from read_csv('{SEEDS / 'revenue_policies.csv'}')")
    for stream, (_, _, columns) in STREAMS.items():
        con.execute(
            f"create table raw_state.{stream} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
        )
    con.execute(SUBSCRIPTIONS, [subscriptions])
    instants = {name: DAY.format(month=name) for name in ("begins", "ends", "month")} | {
        "over": DAY.format(month="(month + case when is_yearly then 12 else 1 end)")
    }
    for entity in ENTITIES:
        compiled.create(con, f"int_{entity}")
    for name, sql in RECORDS.items():
        filled = sql.format(**instants)
        con.execute(
            f"create temp table periods as {filled}"
            if name == "periods"
            else f"insert into intermediate.int_{name} by name {filled}"
        )
    con.execute(
        """create table mart_core.xref_accounts as select distinct source, instance, 'customers' as table_name, customer_key as record_key,
        'a' || customer_key as account_id from intermediate.int_subscriptions"""
    )
    con.execute("drop table periods; drop table told")


def measure(compiled: Compiled, subscriptions: int, folder: Path) -> Speed:
    """Rebuild the ledger and all movements of so many subscriptions, and run the plain query beside it."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("set TimeZone = 'UTC'; set threads = 2; set preserve_insertion_order = false")
        simulate(con, compiled, subscriptions)
        taken = {}
        for name in (one for one in MODELS if one not in STATE):
            begun = time.perf_counter()
            compiled.create(con, name)
            taken[name] = time.perf_counter() - begun
        begun = time.perf_counter()
        con.execute(PLAIN)
        plain = time.perf_counter() - begun
        lines = con.execute("select count(*) from intermediate.int_invoice_lines").fetchall()[0][0]
        movements, broken, reading = 0, 0, 0.0
        for name in MOVEMENTS:
            begun = time.perf_counter()
            found = con.execute(
                f"""select count(*), count(*) filter (opening_mrr + new_mrr + expansion_mrr + reactivation_mrr - contraction_mrr
                - churn_mrr {"+ fx_mrr + rounding_mrr" if name == "fct_mrr_movements" else ""} <> closing_mrr) from mart_finance.{name}"""
            ).fetchall()[0]
            movements, broken = movements + found[0], broken + found[1]
            reading += time.perf_counter() - begun
    if broken:
        raise AssertionError(f"{broken} movements do not add up.")
    slowest = sorted(taken.items(), key=lambda one: -one[1])[:4]
    return Speed(subscriptions, lines, movements, sum(taken.values()), reading, plain, slowest)


def report(sizes: tuple[int, ...] = SIZES) -> list[Speed]:
    """Measure each size and print a line for it."""
    with tempfile.TemporaryDirectory() as place:
        compiled = compile_models(Path(place))
        print(
            "The ledger and all movements rebuilt, then every movement read (two of the three tables are views);"
            " without earlier nights, reports and publishing"
        )
        found = []
        for size in sizes:
            folder = Path(place) / str(size)
            folder.mkdir()
            found.append(measure(compiled, size, folder))
            print(found[-1].line(), flush=True)
        return found


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("subscriptions", type=int, nargs="*", default=SIZES, help=f"sizes (default {SIZES})")
    report(tuple(options.parse_args().subscriptions))


if __name__ == "__main__":
    main()
