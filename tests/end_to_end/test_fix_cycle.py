"""A defect is found, its fix file imported into the tool, proven by the next export, and reopened when it is undone."""

import csv
import shutil
from pathlib import Path

import duckdb

from connectors.simulator.fix_import import import_fixes
from connectors.spec import load_specs
from tests.homes import NIGHTS, deliver, onefunnel


def issues(home: Path) -> dict[tuple[str, str, str], str]:
    """(rule, table, record) → status, of HubSpot's records."""
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        found = con.execute(
            "select rule_id, table_name, record_key, status from quality.issues where source = 'hubspot'"
        ).fetchall()
    return {(rule, table, key): status for rule, table, key, status in found}


def cells(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        _, *lines = csv.reader(opened)
    return {line[0]: line[1] for line in lines}


def test_a_fix_goes_round_through_the_tool_and_comes_back_when_it_is_undone(
    company: Path, begun: Path, tmp_path: Path
) -> None:
    _, second, third = NIGHTS
    [wrong] = [
        line["record_key"]
        for line in csv.DictReader((company / "truth" / "defects.csv").open(encoding="utf-8", newline=""))
        if line["rule_id"] == "billing/deal_amount_matches_billing"
    ]
    issue = ("billing/deal_amount_matches_billing", "deals", wrong)
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    assert issues(tmp_path)[issue] == "open"

    would = onefunnel(tmp_path, "issues", "fixes", "--source", "hubspot", "--dry-run")
    assert "would write 1 records" in would
    assert not (tmp_path / "published" / "fixes").exists()
    onefunnel(tmp_path, "issues", "fixes", "--source", "hubspot")
    written = tmp_path / "published" / "fixes" / "hubspot" / "deals_amount_1.csv"
    [(record, amount)] = cells(written).items()
    assert record == wrong

    # the tool imports it, and exports the next night
    deliver(company, tmp_path, second)
    [export] = (tmp_path / "exports" / "hubspot" / second).glob("*all-deals*.csv")
    before = export.read_text(encoding="utf-8-sig")
    assert import_fixes(tmp_path / "published" / "fixes", tmp_path / "exports", second, load_specs()) >= 1
    after = export.read_text(encoding="utf-8-sig")
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert (
        len(changed) == 1
    )  # one record, and in it one cell: 600 more than billing charges, as the defect was made
    [(old, new)] = [
        (a, b) for a, b in zip(*(next(csv.reader([line])) for line in changed[0]), strict=True) if a != b
    ]
    assert (float(new), float(old)) == (float(amount), float(amount) + 600)
    onefunnel(tmp_path, "run")
    assert issues(tmp_path)[issue] == "resolved"

    # somebody types the old amount in again: the third night's export is as it was
    deliver(company, tmp_path, third)
    onefunnel(tmp_path, "run")
    assert issues(tmp_path)[issue] == "reopened"
