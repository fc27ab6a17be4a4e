"""Fix files: what a tool imports, and the cycle from defect to proof."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data_quality.fixes import Fix, refusal, write_fixes
from data_quality.ledger import update_ledger
from data_quality.runner import run_rules

HEADERS = {
    ("crm", "companies"): "Record ID",
    ("crm", "companies", "country"): "Country/Region",
    ("crm", "companies", "phone"): "Phone Number",
}
FIX = Fix("iss_1", "crm", "", "companies", "17", "country", "Germany", "France")


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_file_holds_the_native_id_and_only_the_column_that_changes(tmp_path: Path) -> None:
    phone = replace(FIX, issue_id="iss_2", field="phone", before=None, after="030 123")

    files = write_fixes([FIX, phone], tmp_path, HEADERS)

    assert [(str(file.path.relative_to(tmp_path)), file.records) for file in files] == [
        ("crm/companies_country_1.csv", 1), ("crm/companies_phone_1.csv", 1)
    ]  # fmt: skip
    assert cells(files[0].path) == [["Record ID", "Country/Region"], ["17", "France"]]
    assert cells(files[1].path) == [["Record ID", "Phone Number"], ["17", "030 123"]]
    assert cells(tmp_path / "crm" / "companies_country_1_before_after.csv") == [
        ["Record ID", "Country/Region before", "Country/Region after", "issue"],
        ["17", "Germany", "France", "iss_1"],
    ]


def test_files_are_split_at_the_tools_limit_and_instances_have_their_own(tmp_path: Path) -> None:
    many = [replace(FIX, issue_id=f"iss_{n}", record_key=f"{n}") for n in range(5)]
    other = replace(FIX, instance="acme")

    files = write_fixes([*many, other], tmp_path, HEADERS, limits={"crm": 2})

    assert [(str(file.path.relative_to(tmp_path)), file.records) for file in files] == [
        ("crm/companies_country_1.csv", 2), ("crm/companies_country_2.csv", 2), ("crm/companies_country_3.csv", 1),
        ("crm@acme/companies_country_1.csv", 1),
    ]  # fmt: skip


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    [file] = write_fixes([FIX], tmp_path, HEADERS, dry_run=True)

    assert file.records == 1
    assert list(tmp_path.iterdir()) == []


def test_a_record_with_two_values_for_one_field_is_left_to_a_person(tmp_path: Path) -> None:
    assert write_fixes([FIX, replace(FIX, issue_id="iss_2", after="Spain")], tmp_path, HEADERS) == []


@pytest.mark.parametrize("value", ["=1+1", "+49 30", "-x", "@sum", "\tx"])
def test_a_value_that_a_spreadsheet_would_run_is_never_in_an_import_file(value: str, tmp_path: Path) -> None:
    assert refusal(replace(FIX, after=value), HEADERS) == "the value would be run as a formula"
    [file] = write_fixes([replace(FIX, before=value)], tmp_path, HEADERS)
    assert cells(file.path.with_name("companies_country_1_before_after.csv"))[1][1] == f"'{value}"


def test_what_the_tool_cannot_import_is_told() -> None:
    assert refusal(FIX, HEADERS) is None
    assert refusal(replace(FIX, field="mood"), HEADERS) == "mood is not a column of crm.companies"
    assert "no single key" in str(refusal(replace(FIX, table_name="lines"), HEADERS))


RULE = """
severity: warning
owner: sales
entity: company
why: A country decides the tax.
fix_value: expected
sql: >
  select 'crm' as source, '' as instance, 'companies' as table_name, id as record_key, 'country' as field,
  country as observed, 'France' as expected from companies where country <> 'France'
"""


def test_a_fix_is_proven_by_the_next_export_and_reopened_when_undone(tmp_path: Path) -> None:
    (tmp_path / "rules" / "crm").mkdir(parents=True)
    (tmp_path / "decisions").mkdir()
    (tmp_path / "rules" / "crm" / "country_is_right.yaml").write_text(RULE, encoding="utf-8")
    tool = {"17": "Germany", "18": "France"}

    def night(day: int) -> list[tuple[str, ...]]:
        with duckdb.connect() as con:
            con.execute("create table companies (id varchar, country varchar)")
            con.executemany("insert into companies values (?, ?)", list(tool.items()))
            run_rules(con, tmp_path / "rules", f"run-{day}", date(2026, 6, day))
            update_ledger(
                con,
                tmp_path / "events",
                date(2026, 6, day),
                {("crm", "", "companies")},
                tmp_path / "decisions",
            )
            return con.execute(
                "select issue_id, source, instance, table_name, record_key, field, observed, expected, status "
                "from quality.issues"
            ).fetchall()

    [opened] = night(1)
    assert opened[-1] == "open"
    [file] = write_fixes([Fix(*opened[:-1])], tmp_path / "fixes", HEADERS)

    # the tool imports the file: by id, the columns that it names
    header, *lines = cells(file.path)
    assert header == ["Record ID", "Country/Region"]
    tool |= dict(lines)  # type: ignore[arg-type]

    [proven] = night(2)
    assert (proven[0], proven[-1]) == (opened[0], "resolved")
    tool["17"] = "Germany"
    [undone] = night(3)
    assert (undone[0], undone[-1]) == (opened[0], "reopened")
