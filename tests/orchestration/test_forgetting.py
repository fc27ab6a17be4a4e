"""Who is meant by an address that is to be forgotten, and what keeps its place without her."""

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.lake import load_night
from connectors.spec import load_specs
from orchestration.forgetting import Person, find_person, keep_together, named_by_hand
from orchestration.settings import Settings, load_settings

NIGHT = date(2026, 6, 1)
# Ada's contact also holds her private addresses, a mailbox of a role and, by mistake, Ben's address.
CONTACTS = [
    (
        "1",
        "ada@acme.example",
        "Ada.Archer+x@gmail.com;info@acme.example; ben@acme.example;ada@bücher.example",
    ),
    ("2", "ben@acme.example", None),
]
RECORDS = """
create schema identity;
create table identity.records as
select * from (values
    ('hubspot', '', 'contacts', '1', 'p1', 'Ada Archer', 'ada@acme.example'),
    ('stripe', '', 'customers', 'c1', 'p1', null, 'ada@acme.example'),
    ('hubspot', '', 'contacts', '2', 'p2', 'Ben Bell', 'ben@acme.example')
) as records (source, instance, table_name, record_key, person_id, full_name, email);
create table identity.record_ids as
select 'account' as entity_kind, * from (values
    ('hubspot', '', 'contacts', '1', 'a1'), ('hubspot', '', 'contacts', '2', 'a1'), ('stripe', '', 'customers', 'c1', 'a1'),
    ('hubspot', '', 'companies', 'acme', 'a1'), ('hubspot', '', 'companies', 'other', 'a2')
) as ids (source, instance, table_name, record_key, golden_id);
create table identity.links as
select 'account' as entity_kind, 'hubspot' as left_source, '' as left_instance, 'companies' as left_table, 'acme' as left_key,
    'stripe' as right_source, '' as right_instance, 'customers' as right_table, 'c1' as right_key, 'domain' as rule
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ONEFUNNEL_HOME", str(tmp_path))
    monkeypatch.delenv("ONEFUNNEL_EXPORTS", raising=False)
    found = load_settings()
    folder = found.exports / "hubspot" / NIGHT.isoformat()
    folder.mkdir(parents=True)
    told = [
        {"id": key, "properties": {"email": email, "hs_additional_emails": others}}
        for key, email, others in CONTACTS
    ]
    (folder / "contacts.json").write_text(json.dumps({"results": told}), encoding="utf-8")
    load_night(found.home, found.exports, load_specs(), NIGHT, NIGHT)
    found.steward_file.parent.mkdir(parents=True)
    with duckdb.connect(str(found.steward_file)) as con:
        con.execute(RECORDS)
    return found


def keys(person: Person) -> list[str]:
    return [f"{one['source']}:{one['record_key']}" for one in person.records]


@pytest.mark.parametrize(
    "address",
    ["ada@acme.example", "ADA+news@acme.example", "adaarcher@googlemail.com", "ada@xn--bcher-kva.example"],
)
def test_a_person_is_found_by_each_of_her_addresses_with_all_her_records(
    settings: Settings, address: str
) -> None:
    person = find_person(settings, address)
    assert keys(person) == ["hubspot:1", "stripe:c1"]
    # neither the mailbox that others read nor what somebody else writes from
    hers = {"ada@acme.example", "ada.archer+x@gmail.com", "ada@bücher.example", "ada@xn--bcher-kva.example"}
    assert person.addresses == sorted({address.lower(), *hers})


def test_whose_main_address_it_is_goes_before_who_has_it_beside(settings: Settings) -> None:
    assert keys(find_person(settings, "ben@acme.example")) == ["hubspot:2"]


def links(settings: Settings) -> list[tuple[str, str]]:
    file = settings.decisions / "identity.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        return [(line["left_key"], line["right_key"]) for line in csv.DictReader(opened)]


def test_a_customer_that_only_her_address_placed_is_linked_to_its_company_once(settings: Settings) -> None:
    for _ in range(2):
        keep_together(settings, find_person(settings, "ada@acme.example"))
    assert links(settings) == [("acme", "c1")]


@pytest.mark.parametrize("change", ["rule = 'billing_id'", "rule = 'must_link'"])
def test_a_customer_that_an_id_joins_needs_no_link(settings: Settings, change: str) -> None:
    with duckdb.connect(str(settings.steward_file)) as con:
        con.execute(f"update identity.links set {change}")
    keep_together(settings, find_person(settings, "ada@acme.example"))
    assert links(settings) == []


@pytest.mark.parametrize(
    ("why", "names"),
    [("ADA Archer called", True), ("mail of ada.archer+x@gmail.com", True), ("a letter of May", False)],
)
def test_a_reason_that_names_her_is_told(settings: Settings, why: str, names: bool) -> None:
    settings.decisions.mkdir(parents=True)
    file = settings.decisions / "identity.csv"
    file.write_text(f"who,why\nme,{why}\n", encoding="utf-8")
    assert named_by_hand(settings, find_person(settings, "ada@acme.example")) == ([file] if names else [])
