"""The waterfall of the contract gap under invented contracts: every cent is in exactly one reason."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

PROJECT = Path(__file__).parents[2] / "dbt_project"
VARIABLES = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
COLUMNS = {
    "account_id": "varchar", "deal_id": "varchar", "subscription_id": "varchar", "currency": "varchar", "booked": "decimal(18, 4)",
    "booked_lately": "decimal(18, 4)", "billed": "decimal(18, 4)", "gross": "decimal(18, 4)", "discount_past_end": "decimal(18, 4)",
    "doubled": "decimal(18, 4)", "unit_annual": "decimal(18, 4)", "has_other_seats": "boolean", "first_billed_at": "timestamptz",
    "amount": "decimal(18, 4)", "deals": "bigint", "term_months": "integer", "days_since_won": "bigint", "is_past_term": "boolean",
    "is_cancelled": "boolean", "is_other_currency": "boolean", "is_rate_alone": "boolean",
}  # fmt: skip
REASONS = (
    "billed_twice", "cancelled_in_crm_still_billed", "churned_in_billing_still_customer", "billed_without_deal", "won_not_billed",
    "timing", "currency_mismatch", "fx_only", "term_mismatch", "seat_mismatch", "discount_past_end", "amount_mismatch",
    "renewal_slipped", "unexplained",
)  # fmt: skip


def model(name: str) -> str:
    """The SQL of a model of the billing area, its references by their bare names."""
    macros = "".join(path.read_text() for path in sorted((PROJECT / "macros").glob("*.sql")) if path.stem in ("waterfall", "divide_money"))  # fmt: skip
    text = (PROJECT / "models" / "intermediate" / "billing" / f"{name}.sql").read_text()
    return str(
        jinja2.Environment().from_string(macros + text).render(ref=lambda one: one, var=VARIABLES.__getitem__)
    )


SQL = model("int_contract_gaps")
money = st.sampled_from([0, 1, 100, 600, 1200, 1800, 2400, 14400]).map(Decimal) | st.decimals(
    0, 10**6, places=2
)
flag = st.booleans()


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """Any contract beside any billing, as int_contract_pairs may hold them."""
    has_deal, gross = draw(flag), draw(money)
    discount = draw(st.sampled_from([Decimal(0), gross, gross / 4]))
    return {
        "deal_id": "d" if has_deal else None,
        "booked": draw(money) if has_deal else Decimal(0),
        "booked_lately": draw(money),
        "billed": gross - discount,
        "gross": gross,
        "discount_past_end": discount if draw(flag) else Decimal(0),
        "doubled": draw(money),
        "unit_annual": draw(st.sampled_from([None, Decimal(0), Decimal(120), Decimal(600)])),
        "has_other_seats": draw(flag),
        "first_billed_at": draw(st.sampled_from([None, "2026-01-01"])),
        "amount": draw(money) if has_deal else None,
        "deals": draw(st.integers(1, 2)) if has_deal else None,
        "term_months": draw(st.sampled_from([None, 0, 1, 12, 24])),
        "days_since_won": draw(st.integers(0, 400)) if has_deal else None,
        "is_past_term": has_deal and draw(flag),
        "is_cancelled": has_deal and draw(flag),
        "is_other_currency": has_deal and draw(flag),
        "is_rate_alone": draw(flag),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(contracts(), min_size=1, max_size=25))
def test_the_reasons_of_a_gap_sum_to_it_whatever_the_contract(rows: list[dict[str, Any]]) -> None:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(
            f"create table int_contract_pairs ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
        )
        con.executemany(
            f"insert into int_contract_pairs values ({', '.join('?' for _ in COLUMNS)})",
            [[str(place) if name == "account_id" else row.get(name) for name in COLUMNS] for place, row in enumerate(rows)],
        )  # fmt: skip
        found = con.execute(f"select account_id, gap, {', '.join(REASONS)} from ({SQL})").fetchall()

    assert len(found) == len(rows)
    for account, gap, *amounts in found:
        row = rows[int(account)]
        booked, billed = (Decimal(row[name]).quantize(Decimal("0.0001")) for name in ("booked", "billed"))
        assert gap == booked - billed
        assert sum(amounts) == gap
        # what has a name took all there is, but where neither side has anything to compare
        assert amounts[-1] == 0 or not (booked or billed) or billed == 0 or row["deal_id"] is None
