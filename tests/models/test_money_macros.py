"""The money macros against Python's decimals, through the engine that runs them."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import jinja2
from hypothesis import given, settings
from hypothesis import strategies as st

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
AMOUNTS = st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4), min_size=1, max_size=30)


def macro(name: str, *arguments: object) -> str:
    """The SQL that a macro writes."""
    text = (MACROS / "divide_money.sql").read_text() + (MACROS / f"{name}.sql").read_text()
    return str(getattr(jinja2.Environment().from_string(text).module, name)(*arguments))


def evaluated(sql: str, amounts: list[Decimal]) -> list[Decimal]:
    with duckdb.connect() as con:
        con.execute("create table cells (position int, amount decimal(18, 4))")
        con.executemany("insert into cells values (?, ?)", list(enumerate(amounts)))
        return [row[0] for row in con.execute(f"select {sql} from cells order by position").fetchall()]


@settings(max_examples=60, deadline=None)
@given(AMOUNTS, st.integers(min_value=1, max_value=366))
def test_division_is_exact_to_six_places_half_away_from_zero(amounts: list[Decimal], divisor: int) -> None:
    expected = [(amount / divisor).quantize(Decimal("0.000001"), ROUND_HALF_UP) for amount in amounts]
    assert evaluated(macro("divide_money", "amount", str(divisor)), amounts) == expected


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, st.decimals(min_value=Decimal("0.001"), max_value=200, places=8))
def test_division_by_an_exchange_rate_keeps_its_eight_places(amounts: list[Decimal], rate: Decimal) -> None:
    expected = [(amount / rate).quantize(Decimal("0.0001"), ROUND_HALF_UP) for amount in amounts]
    assert evaluated(macro("divide_money", "amount", str(rate), 4), amounts) == expected


def test_division_by_nothing_is_null() -> None:
    assert evaluated(macro("divide_money", "amount", "0"), [Decimal(5)]) == [None]


def test_every_interval_is_annualised() -> None:
    factors = {
        ("year", 1): 10,
        ("quarter", 1): 40,
        ("month", 1): 120,
        ("week", 1): 520,
        ("day", 1): 3650,
        ("month", 3): 40,
    }
    for (unit, count), expected in factors.items():
        assert evaluated(macro("annualise", "amount", f"'{unit}'", str(count)), [Decimal(10)]) == [
            Decimal(expected)
        ]


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, st.decimals(min_value=Decimal("0.0001"), max_value=200, places=8))
def test_conversion_rounds_once_to_six_places(amounts: list[Decimal], rate: Decimal) -> None:
    expected = [(amount * rate).quantize(Decimal("0.000001"), ROUND_HALF_UP) for amount in amounts]
    assert evaluated(macro("convert_money", "amount", str(rate)), amounts) == expected
