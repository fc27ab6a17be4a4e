"""A spec drafted from sample files: what it guesses, and that a night can read the same files by it."""

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from connectors.draft import draft_tables, file_pattern, table_name
from connectors.errors import FileError
from connectors.lake import load_night
from connectors.spec import load_spec
from orchestration.spec_draft import spec_text

SUBSCRIBERS = """Exported by Mailtool;;;;;
Subscriber ID;E-mail;Joined;Opens;Paid;Currency;Postcode;Active;Note
7;ada@acme.example;31/12/2025;12;1.234,50;EUR;01067;yes;first
8;ben@acme.example;01/02/2026;3;20,00;EUR;10115;no;
9;cleo@other.example;15/02/2026;0;;EUR;04109;yes;-
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def types(drafted: list) -> dict[str, str]:  # type: ignore[type-arg]
    [one] = drafted
    return {name: column.type for name, column in one.table.columns.items()}


def test_headers_types_and_key_of_a_table_with_a_preamble(tmp_path: Path) -> None:
    [drafted] = draft_tables([write(tmp_path / "subscribers-2026-06-30.csv", SUBSCRIBERS)])

    assert types([drafted]) == {
        "subscriber_id": "text", "e_mail": "email", "joined": "date", "opens": "integer", "paid": "money", "currency": "currency",
        "postcode": "text", "active": "boolean", "note": "text",
    }  # fmt: skip
    assert (drafted.rows, drafted.table.key, drafted.unique_key, drafted.unread) == (
        3,
        ["subscriber_id"],
        True,
        {},
    )
    assert drafted.table.columns["paid"].currency == "currency"
    assert drafted.table.columns["subscriber_id"].required
    assert drafted.table.files == ["subscribers-*.csv"]


def test_a_night_reads_the_samples_by_the_draft(tmp_path: Path) -> None:
    sample = write(tmp_path / "exports" / "mailtool" / "2026-06-30" / "subscribers.csv", SUBSCRIBERS)
    spec = write(tmp_path / "mailtool.yaml", spec_text("mailtool", "marketing", draft_tables([sample])))

    source = load_spec(spec)
    [load] = load_night(
        tmp_path / "home", tmp_path / "exports", {"mailtool": source}, date(2026, 6, 30), date(2026, 6, 30)
    )

    [entry] = load.entries
    assert (entry.state, entry.rows_loaded, entry.rows_skipped, entry.rows_quarantined) == (
        "accepted",
        3,
        1,
        0,
    )
    assert source.owner == "marketing"


def test_json_records_are_found_under_their_envelope_and_epochs_are_moments(tmp_path: Path) -> None:
    page = {
        "object": "list",
        "data": [
            {"id": f"c_{n}", "created": 1767225600 + n, "seen": 1767225600000 + n, "person": {"email": f"p{n}@x.example"}, "tags": ["a"]}
            for n in range(3)
        ],
    }  # fmt: skip
    [drafted] = draft_tables([write(tmp_path / "customers.json", json.dumps(page))])

    assert drafted.table.json_path == ["data[]"]
    assert types([drafted]) == {
        "id": "text",
        "created": "timestamp",
        "seen": "integer",
        "person_email": "email",
    }
    assert drafted.table.columns["created"].forms[0].unit == "epoch_s"
    assert drafted.table.columns["person_email"].forms[0].header == "person.email"


def test_files_of_one_name_are_one_table_and_a_zip_counts_by_what_is_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("Deals 2026-01.csv", "Id,Stage\n1,open\n2,won\n")
        archive.writestr("Deals 2026-02.csv", "Id,Stage,Owner\n3,open,Ann\n")
    with gzip.open(tmp_path / "notes.csv.gz", "wt") as packed:
        packed.write("deal,line,text\n1,1,a\n1,2,b\n2,1,c\n")

    deals, notes = draft_tables([tmp_path / "export.zip", tmp_path / "notes.csv.gz"])

    assert (deals.name, deals.rows, deals.table.key, list(deals.table.columns)) == (
        "deals",
        3,
        ["id"],
        ["id", "stage", "owner"],
    )
    assert deals.table.files == ["Deals *.csv"]
    assert (notes.name, notes.rows, notes.table.key, notes.table.files) == (
        "notes",
        3,
        ["text"],
        ["notes.csv"],
    )


def test_a_pair_is_the_key_where_no_single_column_is_and_none_is_said_to_be_none(tmp_path: Path) -> None:
    pair = write(
        tmp_path / "days.csv",
        "day,campaign,clicks\n2026-01-01,a,5\n2026-01-01,b,5\n2026-01-02,a,5\n2026-01-02,b,5\n",
    )
    with_id = write(tmp_path / "prices.csv", "plan_id,currency,amount\np,EUR,10\np,USD,11\nq,EUR,12\n")
    none = write(tmp_path / "twice.csv", "a,b\n1,1\n1,1\n")

    first, prices, second = draft_tables([pair, with_id, none])

    assert prices.table.key == ["plan_id", "currency"]
    assert (first.table.key, first.unique_key) == (["day", "campaign"], True)
    assert (second.unique_key, "choose better" in spec_text("x", "sales", [second])) == (False, True)


@pytest.mark.parametrize("content", ["", "only,a,header\n"])
def test_a_file_without_rows_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileError, match=r"empty\.csv: holds"):
        draft_tables([write(tmp_path / "empty.csv", content)])


@pytest.mark.parametrize(
    ("file", "table", "pattern"),
    [
        ("leads_2026-06-30.csv", "leads", "leads_*.csv"),
        ("WE_Leads-2026-06-30 (2).csv", "we_leads", "WE_Leads-*).csv"),
        ("CustomerData.JSONL", "customer_data", "CustomerData.JSONL"),
        ("2026.csv", "rows", "*.csv"),
    ],
)
def test_names_of_tables_and_patterns(file: str, table: str, pattern: str) -> None:
    from fnmatch import fnmatch

    assert (table_name(file), file_pattern(file)) == (table, pattern)
    assert fnmatch(file, pattern)
