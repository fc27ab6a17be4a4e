"""Recognised revenue against a day-by-day count, written another way, on invented invoice lines."""

from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import jinja2
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

PROJECT = Path(__file__).parents[2] / "dbt_project"
VARIABLES = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
SMALLEST = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}
Line = tuple[str, Decimal, date, int]


def sql() -> str:
    """The model's SQL, its references by their bare names."""
    macros = "".join((PROJECT / "macros" / f"{name}.sql").read_text() for name in ("divide_money", "currency_decimals", "reporting_date"))  # fmt: skip
    environment = jinja2.Environment()
    environment.globals["var"] = VARIABLES.__getitem__
    text = (PROJECT / "models" / "marts" / "finance" / "rpt_revenue_recognised.sql").read_text()
    return str(environment.from_string(macros + text).render(ref=lambda name: name))


SQL = sql()


@st.composite
def invoice_lines(draw: st.DrawFn) -> Line:
    currency = draw(st.sampled_from(sorted(SMALLEST)))
    units = draw(st.integers(-500_000, 500_000))
    start = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 500)))
    return (currency, units * SMALLEST[currency], start, draw(st.integers(0, 800)))


def day_by_day(line: Line) -> dict[date, Decimal]:
    """Each month's share in the currency's smallest unit; the last month takes the rest."""
    currency, amount, start, length = line
    days = [start + timedelta(days=count) for count in range(max(length, 1))]
    months = Counter(day.replace(day=1) for day in days)
    shares: dict[date, Decimal] = {}
    for month in sorted(months)[:-1]:
        shares[month] = (amount * months[month] / len(days)).quantize(SMALLEST[currency], ROUND_HALF_UP)
    shares[max(months)] = amount - sum(shares.values(), Decimal(0))
    return shares


def recognised(lines: list[Line]) -> list[tuple[str, str, date, Decimal, Decimal, Decimal]]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("create table fct_invoices (invoice_id varchar, status varchar, issued_at timestamptz)")
        con.execute("insert into fct_invoices values ('i', 'paid', '2024-01-01')")
        con.execute(
            "create table fct_invoice_lines (line_id varchar, invoice_id varchar, account_id varchar, currency varchar,"
            " amount decimal(18, 4), discount_amount decimal(18, 4), period_start timestamptz, period_end timestamptz)"
        )
        con.executemany(
            "insert into fct_invoice_lines values (?, 'i', ?, ?, ?, 0, ?, ?)",
            [
                (str(place), str(place), currency, amount, start, start + timedelta(days=length))
                for place, (currency, amount, start, length) in enumerate(lines)
            ],
        )
        con.execute(
            "create table fct_credit_notes (account_id varchar, currency varchar, issued_at timestamptz, subtotal decimal(18, 4),"
            " total decimal(18, 4), is_void boolean)"
        )
        return con.execute(
            f"select account_id, currency, month, billed, recognised, deferred_at_end from ({SQL}) order by 1, 2, 3"
        ).fetchall()


@settings(max_examples=50, deadline=None)
@given(st.lists(invoice_lines(), min_size=1, max_size=15))
def test_each_line_is_earned_day_by_day_and_its_months_sum_to_it(lines: list[Line]) -> None:
    rows = recognised(lines)

    for place, line in enumerate(lines):
        months = {
            month: amount for account, _, month, _, amount, _ in rows if account == str(place) and amount
        }
        assert months == {month: share for month, share in day_by_day(line).items() if share}
        of_line = [row for row in rows if row[0] == str(place)]
        assert sum(row[3] for row in of_line) == sum(row[4] for row in of_line) == line[1]
        assert of_line[-1][5] == 0


def test_a_year_paid_ahead_is_earned_by_the_day() -> None:
    # 366 days from 16 January 2024: 16 days of January, the rest of 365 in order, 15 days of January 2025
    rows = recognised([("EUR", Decimal("366.00"), date(2024, 1, 16), 366)])

    assert [(month, earned) for _, _, month, _, earned, _ in rows][:2] == [
        (date(2024, 1, 1), Decimal(16)),
        (date(2024, 2, 1), Decimal(29)),
    ]
    assert rows[-1][2:] == (date(2025, 1, 1), Decimal(0), Decimal(15), Decimal(0))
    assert rows[0][5] == Decimal(350)


def test_yen_are_never_split_below_one() -> None:
    rows = recognised([("JPY", Decimal(1000), date(2024, 1, 1), 91)])

    assert [earned for _, _, _, _, earned, _ in rows] == [Decimal(341), Decimal(319), Decimal(340)]
