"""Specs drafted from real exports of tools that have none: a night reads every record by them."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from connectors.draft import draft_tables
from connectors.lake import load_night
from connectors.spec import load_spec
from orchestration.spec_draft import spec_text

EXPORTS = Path(__file__).parents[3] / "shared" / "exports"
NIGHT = date(2026, 6, 30)
SAMPLES = {
    "ravenstack/ravenstack_accounts.csv": (["account_id"], {"account_id": "text"}),
    "ravenstack/ravenstack_subscriptions.csv": (
        ["subscription_id"],
        {"mrr_amount": "money", "start_date": "date"},
    ),
    "ravenstack/ravenstack_support_tickets.csv": (["ticket_id"], {}),
    "recurly/warehouse_tables/transaction_data.csv": (["id"], {"amount": "money", "currency": "currency"}),
    "klaviyo/warehouse_tables/person.csv": (["id"], {"email": "email"}),
}

pytestmark = pytest.mark.skipif(
    not EXPORTS.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_draft_reads_every_record_of_a_real_export(sample: str, tmp_path: Path) -> None:
    key, types = SAMPLES[sample]
    folder = tmp_path / "exports" / "tool" / NIGHT.isoformat()
    folder.mkdir(parents=True)
    file = Path(shutil.copy(EXPORTS / sample, folder))
    with file.open(encoding="utf-8", newline="") as opened:
        records = sum(1 for row in csv.reader(opened) if row) - 1

    [drafted] = draft_tables([file])
    spec = tmp_path / "tool.yaml"
    spec.write_text(spec_text("tool", "finance", [drafted]), encoding="utf-8")
    [load] = load_night(tmp_path / "home", tmp_path / "exports", {"tool": load_spec(spec)}, NIGHT, NIGHT)

    assert (load.state, load.total("rows_physical"), load.loaded) == ("accepted", records, records)
    assert drafted.table.key == key
    assert {name: drafted.table.columns[name].type for name in types} == types
    assert drafted.unread == {}
