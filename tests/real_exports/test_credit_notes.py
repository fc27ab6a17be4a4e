"""Recorded credit notes and refunds of Chargebee and Stripe load with the amounts that were read off the files by hand."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

SHARED = Path(__file__).parents[2].parent / "shared" / "exports"
pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
NIGHT = date(2026, 6, 30)
FILES = {
    "chargebee": ["credit-notes.json"],
    "stripe": ["credit-notes.json", "refunds.json"],
}


def test_credit_notes_and_refunds_have_their_amounts_in_major_units(tmp_path: Path) -> None:
    for source, files in FILES.items():
        night = tmp_path / "exports" / source / NIGHT.isoformat()
        night.mkdir(parents=True)
        for file in files:
            shutil.copy(SHARED / source / "api_recorded" / file, night / file)
    load_night(tmp_path, tmp_path / "exports", load_specs(), NIGHT, NIGHT)

    with duckdb.connect() as con:
        create_raw_views(con, tmp_path, load_specs(), NIGHT)
        notes = con.execute(
            "select count(*), sum(total::decimal(18, 2)), any_value(currency) from raw_chargebee.credit_notes"
        ).fetchall()
        stripe = con.execute(
            "select status, count(*), sum(total::decimal(18, 2)) from raw_stripe.credit_notes group by status order by status"
        ).fetchall()
        refunds = con.execute(
            "select count(*), sum(amount::decimal(18, 2)) from raw_stripe.refunds"
        ).fetchall()

    # six Chargebee notes: 1.00 twice, 5.00 three times and 48.99
    assert [(count, float(total), currency) for count, total, currency in notes] == [(6, 65.99, "USD")]
    # eight Stripe notes, two of them taken back
    assert [(status, count, float(total)) for status, count, total in stripe] == [
        ("issued", 6, 9.0),
        ("void", 2, 2.0),
    ]
    assert [(count, float(total)) for count, total in refunds] == [(3, 50.0)]
