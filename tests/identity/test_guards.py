"""What weak evidence may not do, and what Splink adds: each case as a handful of records."""

from datetime import date
from pathlib import Path

import pytest

from connectors.identity import normalise
from connectors.identity.decisions import NEEDED, DecisionError, read_lines
from tests.identity.test_resolve import Claim, Company, account, claims, person


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def named(record: str, first: str, last: str, **more: str) -> list[Claim]:
    return claims(record, "person", first_name=first, last_name=last, **more)


def firm(record: str, name: str, **more: str) -> list[Claim]:
    return claims(record, "account", name=name, **more)


def test_a_phone_and_a_name_make_one_person_in_two_tools(company: Company) -> None:
    ids = company.resolve(
        named("hubspot.contacts:1", "Bob", "Doe", phone="+1 212 555 2368", email="bob@acme.com")
        + claims("encharge.people:2", "person", name="Doe, Robert", phone="(212) 555-2368")
    )
    assert ids["person", "hubspot.contacts:1"] == ids["person", "encharge.people:2"]


def test_two_records_of_one_tool_are_not_joined_by_phone_and_name(company: Company) -> None:
    ids = company.resolve(
        named("hubspot.contacts:1", "Ann", "Doe", phone="+12125552368")
        + named("hubspot.contacts:2", "Ann", "Doe", phone="+12125552368")
    )
    assert ids["person", "hubspot.contacts:1"] != ids["person", "hubspot.contacts:2"]


def test_an_umlaut_and_the_two_letters_written_for_it_meet(company: Company) -> None:
    ids = company.resolve(
        named("hubspot.contacts:1", "Jörg", "Müller", email="jm@acme.com")
        + named("encharge.people:2", "Joerg", "Mueller", email="joerg@acme.com")
        + firm("hubspot.companies:3", "Göbel GmbH", address="Torstr. 1")
        + firm("chargebee.customers:4", "Goebel", address="Torstr 1")
    )
    assert ids["person", "hubspot.contacts:1"] == ids["person", "encharge.people:2"]
    assert ids["account", "hubspot.companies:3"] == ids["account", "chargebee.customers:4"]


def test_two_letters_that_may_stand_for_an_umlaut_are_not_one_by_themselves(company: Company) -> None:
    ids = company.resolve(firm("hubspot.companies:1", "Göbel GmbH") + firm("chargebee.customers:2", "Goebel"))
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"domain": "acmehealth.com"}, {"domain": "acmewealth.com"}),
        ({"city": "Delft", "country": "NL"}, {"city": "Delft", "country": "NL"}),
    ],
)
def test_near_identical_company_names_are_two_companies(
    company: Company, one: dict[str, str], other: dict[str, str]
) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Acme Health", **one)
        + firm("chargebee.customers:2", "Acme Wealth", **other)
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]
    # neighbours are shown to a steward, companies with two domains are not
    assert bool(company.review) == ("city" in one)


@pytest.mark.parametrize("more", [{}, {"city": "Delft", "address": "Markt 1", "phone": "+31 15 278 9111"}])
def test_one_name_with_two_domains_is_not_joined_by_the_name(company: Company, more: dict[str, str]) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Summit Partners", domain="summit-pe.com", **more)
        + firm("chargebee.customers:2", "Summit Partners", domain="summitlaw.com", **more)
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]


def test_a_person_who_moved_is_one_person_with_records_of_two_companies(company: Company) -> None:
    phone = "+1 212 555 2368"
    ids = company.resolve(
        named("hubspot.contacts:1", "Ann", "Archer", email="ann@old.com", phone=phone)
        + named("salesforce.contacts:2", "Ann", "Archer", email="ann@new.com", phone=phone)
        + person("encharge.people:3", "bob@old.com")
        + person("encharge.people:4", "cy@new.com")
    )
    assert ids["person", "hubspot.contacts:1"] == ids["person", "salesforce.contacts:2"]
    assert ids["account", "hubspot.contacts:1"] == ids["account", "encharge.people:3"]
    assert ids["account", "salesforce.contacts:2"] == ids["account", "encharge.people:4"]
    assert ids["account", "encharge.people:3"] != ids["account", "encharge.people:4"]


def test_a_contact_that_moves_goes_to_its_new_company_and_renames_nobody(company: Company) -> None:
    firms = firm("hubspot.companies:1", "Old", domain="old.com") + firm("hubspot.companies:2", "New", domain="new.com")  # fmt: skip
    # the first by name of all records: both the person and the company are called after her
    first, second = (
        named("adobe.leads:1", "Ann", "Archer", email=f"ann@{host}", phone="+1 212 555 2368")
        for host in ("old.com", "new.com")
    )
    before = company.resolve(firms + first)
    after = company.resolve(firms + second, date(2026, 6, 2))
    assert before["account", "adobe.leads:1"] == before["account", "hubspot.companies:1"]
    moved = before | {("account", "adobe.leads:1"): before["account", "hubspot.companies:2"]}
    assert after == moved


def test_a_company_that_changes_its_name_keeps_its_id(company: Company) -> None:
    customer = account("stripe.customers:2", email="pay@acme.com")
    before = company.resolve(firm("hubspot.companies:1", "Old Name Ltd", domain="acme.com") + customer)
    # with it comes a record that would have named the company, had it been there
    renamed = firm("hubspot.companies:1", "Quite Another Inc", domain="acme.com")
    newer = account("adobe.accounts:0", domain="acme.com")
    after = company.resolve(renamed + customer + newer, date(2026, 6, 2))
    assert after == before | {("account", "adobe.accounts:0"): before["account", "hubspot.companies:1"]}
    assert company.changes == []


def test_a_reference_to_a_merged_contact_reaches_the_survivor(company: Company) -> None:
    ids = company.resolve(
        claims("hubspot.contacts:9", "person", email="a@acme.com", merged_ids="7;8")
        + person("calendly.invitees:1", same_as="hubspot.contacts:7")
    )
    assert ids["person", "hubspot.contacts:9"] == ids["person", "calendly.invitees:1"]


def test_an_unlink_splits_a_cluster_and_keeps_the_rest_together(company: Company) -> None:
    rows = [
        row for key in ("a.t:1", "b.t:2", "c.t:3") for row in claims(key, "person", email="shared@acme.com")
    ]
    old = company.resolve(rows)
    company.decide("unlink", "b.t:2", "c.t:3")
    for day in (2, 3):
        ids = company.resolve(rows, date(2026, 6, day))
        assert ids["person", "a.t:1"] == ids["person", "b.t:2"] == old["person", "a.t:1"]
        assert ids["person", "c.t:3"] != ids["person", "a.t:1"]


def test_a_decision_that_says_neither_link_nor_unlink_names_its_line(company: Company) -> None:
    company.decide("join", "a.t:1", "b.t:2")
    with pytest.raises(DecisionError, match=r"identity\.csv line 2"):
        company.resolve(person("a.t:1", "a@x.com") + person("b.t:2", "b@y.com"))


HEADER = ",".join(["who", "when", *NEEDED, "why"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\n", "no column action, .* right_key"),
        (f"{HEADER}\nada,2026-06-01,link,person,a,,t,1,b,,t\n", "line 2: too many or too few cells"),
        (f"{HEADER}\nada,2026-06-01,link,firm,a,,t,1,b,,t,2,why\n", "line 2: 'link' of 'firm'"),
        (f"{HEADER}\n\nada,2026-06-01,link,person,a,,t,1,a,,t,1,why\n", "line 3 names one record twice"),
    ],
)
def test_a_file_of_decisions_that_was_edited_wrongly_names_its_line(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "identity.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DecisionError, match=words):
        read_lines(file)


def test_lines_of_several_editors_are_all_read(tmp_path: Path) -> None:
    file = tmp_path / "identity.csv"
    line = 'ada,2026-06-01,{},person,a,,t,1,b,,t,2,"two lines\n of why"'
    file.write_bytes(f"\ufeff{HEADER}\r\n{line.format('link')}\r\n\n{line.format('unlink')}".encode())
    assert [(one["action"], one["why"]) for one in read_lines(file)] == [
        ("link", "two lines\n of why"), ("unlink", "two lines\n of why")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "Doe, Bob J.",
        "Dr. Robert Doe",
        "robert DOE",
        "Bobby  Doe",
        "Robert Doe III",
        "Dipl.-Ing. Robert Doe (Acme)",
    ],
)
def test_normal_form_of_a_person_name(written: str) -> None:
    assert normalise.person_name(written) == "robert doe"
