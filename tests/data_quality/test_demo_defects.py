"""Defects put into the demo company at a rate, and the tool that imports what mends them."""

import csv
from pathlib import Path

import pytest

from connectors.errors import SpecError
from connectors.simulator import write_demo
from connectors.simulator.fix_import import import_fixes
from connectors.spec import load_specs
from orchestration.cli_ledger import import_headers


def demo(folder: Path, rate: float | None, clean: bool = False) -> dict[str, bytes]:
    write_demo(folder, accounts=60, nights=2, defect_rate=rate, clean=clean)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return demo(tmp_path_factory.mktemp("spoiled"), 0.5)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return demo(tmp_path_factory.mktemp("clean"), None, clean=True)


def test_a_rate_of_0_is_the_clean_company_and_a_seed_gives_the_same_files(
    tmp_path: Path, clean: dict[str, bytes], spoiled: dict[str, bytes]
) -> None:
    assert demo(tmp_path / "none", 0.0) == clean
    assert demo(tmp_path / "again", 0.5) == spoiled


def test_so_many_companies_have_one_defect_each_and_all_else_is_as_it_was(
    clean: dict[str, bytes], spoiled: dict[str, bytes]
) -> None:
    differing = {name for name in clean if clean[name] != spoiled[name]}
    assert {Path(name).parts[1] for name in differing} == {"hubspot", "defects.csv"}

    # a company is touched if its own row or one of its contacts' or deals' is another than in the clean company
    touched: set[str] = set()
    for name in sorted(differing):
        if "2026-06-30" in name:
            before = {row["Record ID"]: row for row in rows(clean[name])}
            for row in rows(spoiled[name]):
                if row != before.get(row["Record ID"]):
                    was = before.get(row["Record ID"], row)
                    touched.add(was.get("Associated Company IDs (Primary)", was["Record ID"]))
    companies = [name for name in clean if "all-companies-2026-06-30" in name]
    assert len(touched) == round(0.5 * len(rows(clean[companies[0]])))
    truth = rows(spoiled["truth/defects.csv"])
    assert len({line["rule_id"] for line in truth}) >= 15
    # a defect that shows in two places is told of both records
    places = {(line["table_name"], line["record_key"]) for line in truth}
    both = [line for line in truth if line["rule_id"] == "funnel/opportunity_has_a_deal"]
    assert len(places) == len(touched) + len(both)


def test_a_record_is_as_wrong_in_every_night(spoiled: dict[str, bytes]) -> None:
    truth = [
        line["record_key"]
        for line in rows(spoiled["truth/defects.csv"])
        if line["rule_id"] == "crm/email_is_valid"
    ]
    for night in ("2026-06-29", "2026-06-30"):
        [file] = [name for name in spoiled if f"all-contacts-{night}" in name]
        said = {row["Record ID"]: row["Email"] for row in rows(spoiled[file])}
        assert truth and all(" at " in said[key] for key in truth)


def test_fix_files_use_the_names_that_a_tool_knows_its_fields_by() -> None:
    headers = import_headers(load_specs())

    assert headers["hubspot", "deals"] == "Record ID"
    assert headers["hubspot", "deals", "owner"] == "Deal owner"
    assert headers["salesforce", "opportunities", "owner"] == "OwnerId"
    assert headers["salesforce", "opportunities", "closed_at"] == "CloseDate"
    assert ("zapier", "runs", "owner") not in headers


def test_the_tool_changes_the_named_cells_only_and_refuses_an_unknown_record(
    tmp_path: Path, clean: dict[str, bytes]
) -> None:
    night = tmp_path / "exports" / "hubspot" / "2026-06-30"
    night.mkdir(parents=True)
    [name] = [name for name in clean if "all-companies-2026-06-30" in name]
    export = night / Path(name).name
    export.write_bytes(clean[name])
    key = rows(clean[name])[3]["Record ID"]
    fixes = tmp_path / "fixes" / "hubspot"
    fixes.mkdir(parents=True)
    (fixes / "companies_country_1.csv").write_text(
        f"Record ID,Country/Region\n{key},Chile\n", encoding="utf-8"
    )
    (fixes / "companies_country_1_before_after.csv").write_text("Record ID,x\n", encoding="utf-8")

    assert import_fixes(tmp_path / "fixes", tmp_path / "exports", "2026-06-30", load_specs()) == 1

    pairs = zip(rows(clean[name]), rows(export.read_bytes()), strict=True)
    changed = [(was, now) for was, now in pairs if was != now]
    assert changed == [(was, was | {"Country/Region": "Chile"}) for was, _ in changed]
    assert [now["Record ID"] for _, now in changed] == [key]

    (fixes / "companies_country_1.csv").write_text("Record ID,Country/Region\n404,Chile\n", encoding="utf-8")
    with pytest.raises(SpecError, match="has no record 404"):
        import_fixes(tmp_path / "fixes", tmp_path / "exports", "2026-06-30", load_specs())
