"""Cells of every shape end as the same canonical text. Expected values are worked out by hand."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.spec import Form, Kind
from connectors.values import canonical, cleaned, habits


def canonised(
    values: list[str],
    kind: Kind,
    unit: str | None = None,
    zone: str | None = None,
    currency: str | None = None,
) -> list[str | None]:
    """What a column of these cells becomes."""
    form = Form.model_validate({"header": "x", "unit": unit, "zone": zone})
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("create table cells (position int, cell varchar)")
        con.executemany("insert into cells values (?, ?)", list(enumerate(values)))
        text = cleaned("cell", kind)
        habit = habits(con, f"(select {text} as cell from cells)", "cell", kind)
        quoted = f"'{currency}'" if currency else None
        found = con.execute(
            f"select {canonical(text, kind, form, habit, quoted)} from cells order by position"
        ).fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-08-31", "2026-08-31T00:00:00Z"),
        ("2026-08-31T09:30:00.000Z", "2026-08-31T09:30:00Z"),
        ("2026-08-31T09:30:00+01:00", "2026-08-31T08:30:00Z"),
        ("2021-02-23 05:47 pm", "2021-02-23T17:47:00Z"),
        ("05-Mar-2026", "2026-03-05T00:00:00Z"),
        ("20260831", "2026-08-31T00:00:00Z"),
        ("August 31, 2026", "2026-08-31T00:00:00Z"),
        ("2012-06-27 03:47:28 PDT", "2012-06-27T10:47:28Z"),
        ("2016-06-03 12:43:50 -0400", "2016-06-03T16:43:50Z"),
        ("3/5/2026 2:15:33 PM", "2026-03-05T14:15:33Z"),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_of_any_tool_becomes_iso_utc(cell: str, expected: str | None) -> None:
    assert canonised([cell], "timestamp") == [expected]


def test_one_value_that_can_only_be_day_first_decides_its_whole_column() -> None:
    assert canonised(["03/04/2026", "31/08/2026"], "date") == ["2026-04-03", "2026-08-31"]
    assert canonised(["03/04/2026", "08/31/2026"], "date") == ["2026-03-04", "2026-08-31"]


def test_a_zone_of_the_form_is_applied_to_times_without_one() -> None:
    assert canonised(["2024-01-02 03:04"], "timestamp", zone="America/New_York") == ["2024-01-02T08:04:00Z"]


def test_epoch_seconds_and_iso_may_stand_in_one_column() -> None:
    assert canonised(["1781857235", "2026-01-01"], "timestamp", unit="epoch_s") == [
        "2026-06-19T08:20:35Z",
        "2026-01-01T00:00:00Z",
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,234.56", "1234.56"),
        ("$45,000", "45000"),
        ("45k", "45000"),
        ("(12.50)", "-12.5"),
        ("7.13E+11", "713000000000"),
        ("--", None),
        ("abc", None),
    ],
)
def test_a_number_of_any_tool_becomes_a_plain_decimal(cell: str, expected: str | None) -> None:
    assert canonised([cell], "number") == [expected]


def test_a_decimal_comma_is_decided_per_column() -> None:
    assert canonised(["1.234,56", "1 234,56", "12,50 €"], "money") == ["1234.56", "1234.56", "12.5"]


@pytest.mark.parametrize(("currency", "expected"), [("USD", "19"), ("JPY", "1900"), ("KWD", "1.9")])
def test_minor_units_follow_the_exponent_of_the_currency(currency: str, expected: str) -> None:
    assert canonised(["1900"], "money", unit="minor", currency=currency) == [expected]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=2), min_size=1, max_size=20))
def test_money_written_in_english_or_german_reads_as_the_same_amount(amounts: list[Decimal]) -> None:
    english = [f"{amount:,.2f}" for amount in amounts]
    german = [text.replace(",", "_").replace(".", ",").replace("_", ".") for text in english]

    read = [canonised(english, "money"), canonised(german, "money")]

    assert [[Decimal(cell or "nan") for cell in column] for column in read] == [amounts, amounts]
