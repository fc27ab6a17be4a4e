"""Guards, lists, sizes and logs: each as a handful of records through the one public door."""

import csv
import gzip
import logging
from datetime import date
from pathlib import Path

import pytest

from connectors.identity.normalise import company_name, name_core
from connectors.identity.settings import IdentitySettings
from connectors.identity.splink_step import UNSURE
from tests.identity.test_guards import firm, named
from tests.identity.test_resolve import Claim, Company, account, person

LATER = date(2026, 6, 2)
SHARED = Path(__file__).parents[3] / "shared" / "exports" / "entity_resolution"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_sister_domains_of_one_name_are_one_company(company: Company) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Kestrelworks GmbH", domain="kestrelworks.de")
        + firm("chargebee.customers:2", "Kestrelworks Ltd", domain="kestrelworks.co.uk")
    )
    assert ids["account", "hubspot.companies:1"] == ids["account", "chargebee.customers:2"]


def test_sister_domains_of_two_names_stay_two(company: Company) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Kestrel Rockets", domain="kestrel.com")
        + firm("chargebee.customers:2", "Kestrel Bakery", domain="kestrel.co.uk")
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]


def test_a_name_that_one_tool_has_twice_joins_neither_to_another_tool(company: Company) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Kestrelworks")
        + firm("hubspot.companies:2", "Kestrelworks")
        + firm("chargebee.customers:3", "Kestrelworks Inc")
    )
    assert len({golden for (kind, _), golden in ids.items() if kind == "account"}) == 3


@pytest.mark.parametrize(("country", "asked"), [("Germany", [UNSURE]), ("", [UNSURE]), ("France", [])])
def test_names_that_differ_in_common_words_only_are_for_a_steward(
    company: Company, country: str, asked: list[str]
) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Kestrelworks Holding GmbH", country="Deutschland")
        + firm("chargebee.customers:2", "Kestrelworks", **({"country": country} if country else {}))
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]
    assert company.review == asked


def test_a_name_of_common_words_joins_nothing(company: Company) -> None:
    ids = company.resolve(
        firm("hubspot.companies:1", "Global Services") + firm("chargebee.customers:2", "Global Services Ltd")
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "chargebee.customers:2"]


@pytest.mark.parametrize(
    ("settings", "is_one"),
    [
        (IdentitySettings(), True),
        (IdentitySettings(agency_domains=frozenset({"agency.com"})), False),
        (IdentitySettings(own_domains=frozenset({"agency.com"})), False),
        (IdentitySettings(claim_caps={"domain": 1}), False),
    ],
)
def test_a_domain_joins_companies_unless_it_is_an_agencys_or_our_own_or_too_many_share_it(
    company: Company, settings: IdentitySettings, is_one: bool
) -> None:
    ids = company.resolve(
        person("encharge.people:1", "ann@agency.com") + person("calendly.invitees:2", "bob@agency.com"),
        settings=settings,
    )
    assert (ids["account", "encharge.people:1"] == ids["account", "calendly.invitees:2"]) is is_one


def test_an_agencys_own_company_record_still_has_its_domain(company: Company) -> None:
    ids = company.resolve(
        account("hubspot.companies:1", domain="agency.com")
        + account("salesforce.accounts:2", domain="www.agency.com"),
        settings=IdentitySettings(agency_domains=frozenset({"agency.com"})),
    )
    assert ids["account", "hubspot.companies:1"] == ids["account", "salesforce.accounts:2"]


@pytest.mark.parametrize(
    "host",
    [
        "gmail.com",
        "gmx.at",
        "seznam.cz",
        "mailinator.com",
        "privaterelay.appleid.com",
        "users.noreply.github.com",
    ],
)
def test_an_open_throw_away_or_relay_host_makes_no_company(company: Company, host: str) -> None:
    ids = company.resolve(person("encharge.people:1", f"a@{host}") + person("encharge.people:2", f"b@{host}"))
    assert ids["account", "encharge.people:1"] != ids["account", "encharge.people:2"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/kestrel", "facebook.com/harrier"),
        ("kestrel.wordpress.com", "harrier.wordpress.com"),
        ("kestrel.myshopify.com", "harrier.myshopify.com"),
        ("kestrel.uk.com", "harrier.uk.com"),
        ("weißwurst.de", "weisswurst.de"),
    ],
)
def test_pages_at_one_host_are_of_two_companies(company: Company, one: str, other: str) -> None:
    ids = company.resolve(
        account("hubspot.companies:1", domain=one) + account("salesforce.accounts:2", domain=other)
    )
    assert ids["account", "hubspot.companies:1"] != ids["account", "salesforce.accounts:2"]


def test_an_address_that_too_many_records_share_joins_nobody(company: Company) -> None:
    rows = [row for key in range(4) for row in person(f"tool{key}.people:1", "everybody@acme.com")]
    joined = company.resolve(rows, settings=IdentitySettings(claim_caps={"email": 4}))
    apart = company.resolve(rows, date(2026, 6, 2), settings=IdentitySettings(claim_caps={"email": 3}))
    people = [{golden for (kind, _), golden in ids.items() if kind == "person"} for ids in (joined, apart)]
    assert [len(found) for found in people] == [1, 4]


def test_a_phone_without_calling_code_is_of_its_records_country(company: Company) -> None:
    ids = company.resolve(
        named("hubspot.contacts:1", "Ann", "Doe", phone="030 123456", country="Deutschland")
        + named("encharge.people:2", "Ann", "Doe", phone="+49 30 123456")
        + named("stripe.customers:3", "Ann", "Doe", phone="030 123456", country="Italia")
    )
    assert ids["person", "hubspot.contacts:1"] == ids["person", "encharge.people:2"]
    assert ids["person", "hubspot.contacts:1"] != ids["person", "stripe.customers:3"]


def test_a_list_that_holds_duplicates_is_joined_within_itself(company: Company) -> None:
    rows = firm("list.rows:1", "Kestrelworks Electronics", city="Delft") + firm(
        "list.rows:2", "KESTRELWORKS ELECTRONICS N V", city="Delft"
    )
    ids = company.resolve(rows, settings=IdentitySettings(holds_duplicates=frozenset({"list"})))
    assert ids["account", "list.rows:1"] == ids["account", "list.rows:2"]
    ids = Company(company.home / "other").resolve(rows)
    assert ids["account", "list.rows:1"] != ids["account", "list.rows:2"]


def crowd(tool: str, place: int, address: str, phone: str) -> list[Claim]:
    """Some records of different tools that share an address; one of them has the phone of another crowd."""
    more = {"phone": phone} if place == 0 else {}
    return named(f"{tool}{place}.people:1", "Ann", "Doe", email=address, **more)


def test_one_weak_edge_does_not_join_two_large_groups(company: Company) -> None:
    phone = "+1 212 555 2368"
    rows = [
        row
        for place in range(4)
        for row in crowd("a", place, "ann@old.com", phone) + crowd("b", place, "ann@new.org", phone)
    ]
    ids = company.resolve(rows, settings=IdentitySettings(large_cluster=4))
    assert ids["person", "a0.people:1"] != ids["person", "b0.people:1"]
    assert any("two large groups" in why for why in company.review)
    ids = Company(company.home / "small").resolve(rows, settings=IdentitySettings(large_cluster=5))
    assert ids["person", "a0.people:1"] == ids["person", "b0.people:1"]


def test_a_cluster_over_its_size_is_cut_at_its_weakest_edge_and_shown(company: Company) -> None:
    phone = "+1 212 555 2368"
    rows = [
        row
        for place in range(3)
        for row in crowd("a", place, "ann@old.com", phone) + crowd("b", place, "ann@new.org", phone)
    ]
    [before] = {golden for (kind, _), golden in company.resolve(rows).items() if kind == "person"}
    ids = company.resolve(
        rows, date(2026, 6, 2), settings=IdentitySettings(cluster_limits={"person": 5, "account": 50})
    )
    sides = [{ids["person", f"{tool}{place}.people:1"] for place in range(3)} for tool in "ab"]
    assert [len(side) for side in sides] == [1, 1] and sides[0] != sides[1]
    assert any("more records than one person has" in why for why in company.review)
    assert [told[2:] for told in company.reasons] == [(before, "cut, being over its size")]


def test_a_new_source_keeps_every_id_and_the_changes_say_why(company: Company) -> None:
    rows = person("hubspot.contacts:1", "ann@acme.com") + person("stripe.customers:2", "bob@acme.com")
    before = company.resolve(rows)
    after = company.resolve(rows + person("adobe.leads:0", "ann@acme.com"), date(2026, 6, 2))
    assert {record: after[record] for record in before} == before
    assert after["person", "adobe.leads:0"] == before["person", "hubspot.contacts:1"]
    company.decide("link", "hubspot.contacts:1", "stripe.customers:2")
    company.resolve(rows, date(2026, 6, 3))
    assert [why for change, *_, why in company.reasons if change == "merged"] == ["linked by must link"]
    company.decide("unlink", "hubspot.contacts:1", "stripe.customers:2")
    company.resolve(rows, date(2026, 6, 4))
    assert [why for change, *_, why in company.reasons if change == "split"] == ["parted by a steward"]


def test_a_night_done_again_keeps_its_ids_whoever_comes_or_is_gone(company: Company) -> None:
    """As when a late export arrives the same day, or a person is forgotten whose record a company was called after."""
    first = person("calendly.invitees:1", "ann@acme.com")
    rest = person("hubspot.contacts:1", "bob@acme.com") + person("stripe.customers:2", "cy@other.com")
    before = company.resolve(first + rest)
    without = company.resolve(rest)
    assert without == {record: before[record] for record in without}
    late = person("adobe.leads:0", "cy@other.com")
    after = company.resolve(rest + late)
    assert {record: after[record] for record in without} == without
    assert after["account", "adobe.leads:0"] == before["account", "stripe.customers:2"]
    # what the night tells of itself is told again, and the next night knows it
    created = sorted(golden for change, golden, _ in company.changes if change == "created")
    assert created == sorted(set(after.values()))
    assert company.resolve(rest + late, date(2026, 6, 2)) == after
    assert company.changes == []


def test_forgetting_a_record_renames_nobody_when_a_night_of_parting_is_done_again(company: Company) -> None:
    gone, rest = person("a.people:gone", "ann@acme.com"), person("c.people:2", "bob@acme.com")
    company.resolve(gone + rest + person("b.people:3", "cy@acme.com"))
    moved = person("b.people:3", "cy@other.com")
    parted = company.resolve(gone + rest + moved, LATER)
    told = company.reasons
    company.forget("gone")
    again = company.resolve(rest + moved, LATER)
    assert again == {record: parted[record] for record in again}
    # who would be oldest now is not who was
    assert again["account", "c.people:2"] != again["account", "b.people:3"]
    assert company.reasons == told


def test_forgetting_the_record_that_gave_an_id_renames_nobody(company: Company) -> None:
    gone, rest = person("z.people:gone", "ann@acme.com"), person("b.people:2", "bob@beta.com")
    third = person("d.people:3", "cy@gamma.com")
    company.resolve(gone)
    company.resolve(gone + rest + third, LATER)
    gone = person("z.people:gone", "ann@beta.com")
    before = company.resolve(gone + rest + third, date(2026, 6, 3))
    merged = [change for change in company.changes if change[0] == "merged"]
    company.forget("gone")
    after = company.resolve(rest + third, date(2026, 6, 3))
    assert after == {record: before[record] for record in after}
    assert company.changes == merged and len(merged) == 1
    # an id is as old as it was, though no record is left that is as old: of two that merge, the other one ends
    rest = person("b.people:2", "bob@gamma.com")
    joined = company.resolve(rest + third, date(2026, 6, 4))
    assert joined["account", "d.people:3"] == before["account", "z.people:gone"]


def test_no_log_line_holds_anybodys_data(
    company: Company, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = [f"Zebulon{letter}" for letter in "abcdef"]
    rows = [
        row
        for number, name in enumerate(secret)
        for row in named(
            f"hubspot.contacts:{number}",
            name,
            "Quackenbush",
            email=f"{name}@zq.com",
            phone=f"+1212555{number:04}",
        )
        + named(
            f"stripe.customers:{number}",
            name,
            "Quackenbushh",
            email="nobody at zq",
            phone=f"+1212555{number:04}",
        )
        + firm(f"hubspot.companies:{number}", f"Quackenbush {name}", city="Zebulon")
        + firm(f"chargebee.customers:{number}", f"Quackenbush {name} Inc", city="Zebulon")
    ]
    with caplog.at_level(logging.DEBUG):
        company.resolve(rows)
    printed = capfd.readouterr()
    told = (caplog.text + printed.out + printed.err).lower()
    assert not any(part in told for part in ("zebulon", "quackenbush", "zq.com", "1212555"))


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared/exports is not here: real exports are not part of the repository"
)
def test_pairs_of_dutch_company_names_are_told_apart_by_the_names_alone() -> None:
    with gzip.open(SHARED / "company_name_pairs" / "namepairs.csv.gz", "rt", encoding="utf-8") as file:
        pairs = [(row["gt_name"], row["name"], row["correct"] == "True") for row in csv.DictReader(file)]
    joined = [is_same for one, two, is_same in pairs if alike(one, two)]
    assert (len(pairs), sum(is_same for _, _, is_same in pairs)) == (201, 10)
    # 191 pairs of two companies, none of them joined; of the ten that are one, two differ in a word of their own
    assert joined == [True] * 8


def alike(one: str, two: str) -> bool:
    """Whether two names are the same but for legal form, order and common words."""
    left, right = company_name(one), company_name(two)
    return left == right or bool(left and right and name_core(left) and name_core(left) == name_core(right))
