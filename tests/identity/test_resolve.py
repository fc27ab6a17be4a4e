"""Who is who: each case as a handful of records, resolved through the one public door."""

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.identity import normalise
from connectors.identity.resolve import resolve
from connectors.identity.settings import IdentitySettings

Claim = tuple[str, str, str, str, str, str, str, str]
NIGHT = date(2026, 6, 1)


def person(record: str, email: str = "", member_of: str = "", same_as: str = "") -> list[Claim]:
    """The claims of a person's record, `source.table:key`; foreign records are named alike."""
    return claims(record, "person", email=email, member_of=member_of, same_as=same_as)


def account(record: str, domain: str = "", email: str = "", same_as: str = "") -> list[Claim]:
    """The claims of a company's record."""
    return claims(record, "account", domain=domain, email=email, same_as=same_as)


def claims(record: str, kind: str, **given: str) -> list[Claim]:
    place, key = record.split(":")
    source, table = place.split(".")
    rows = [(source, table, key, kind, "self", key, "", "")]
    for claim, value in given.items():
        if value and claim in ("member_of", "same_as"):
            target, foreign = value.split(":")
            rows.append((source, table, key, kind, claim, foreign, *target.split(".")))  # type: ignore[arg-type]
        elif value:
            rows.append((source, table, key, kind, claim, value, "", ""))
    return rows


class Company:
    """A home whose records are resolved night by night."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.changes: list[tuple[str, ...]] = []
        self.reasons: list[tuple[str, ...]] = []
        self.review: list[str] = []

    def resolve(
        self, rows: Sequence[Claim], night: date = NIGHT, settings: IdentitySettings | None = None
    ) -> dict[tuple[str, str], str]:
        """(kind, record) → golden id."""
        with duckdb.connect() as con:
            con.execute("create schema raw_identity")
            con.execute(
                """create table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar,
                    entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar,
                    first_seen date)"""
            )
            con.executemany(
                "insert into raw_identity.claims values (?, '', ?, ?, ?, ?, ?, ?, ?, date '2026-06-01')", rows
            )
            resolve(con, self.home, night, self.home / "decisions", settings)
            self.reasons = con.execute(
                "select change, golden_id, other_id, why from identity.changes where night = ? order by all",
                [night],
            ).fetchall()
            self.changes = [told[:3] for told in self.reasons]
            self.review = [why for (why,) in con.execute("select why from identity.review").fetchall()]
            found = con.execute(
                "select entity_kind, source || '.' || table_name || ':' || record_key, golden_id from identity.record_ids"
            ).fetchall()
        return {(kind, record): golden for kind, record, golden in found}

    def forget(self, key: str) -> None:
        """Take a record out of the ids that are remembered, as forgetting a person does."""
        for file in (self.home / "state" / "identity_ids").glob("*.parquet"):
            with duckdb.connect() as con:
                con.execute(f"create table kept as from '{file}' where record_key <> '{key}'")
                con.execute(f"copy kept to '{file}'")

    def decide(self, action: str, left: str, right: str, kind: str = "person") -> None:
        sides = []
        for record in (left, right):
            place, key = record.split(":")
            sides += [*place.split(".")[:1], "", place.split(".")[1], key]
        folder = self.home / "decisions"
        folder.mkdir(exist_ok=True)
        header = "who,when,why,action,entity_kind,left_source,left_instance,left_table,left_key,right_source,right_instance,right_table,right_key\n"
        (folder / "identity.csv").write_text(
            header + ",".join(["me", "2026-06-01T00:00:00Z", "seen", action, kind, *sides]) + "\n",
            encoding="utf-8",
        )


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


ACME = account("hubspot.companies:c1", domain="https://www.acme.com/about")


def test_one_person_in_three_tools_is_one_person_of_one_account(company: Company) -> None:
    ids = company.resolve(
        ACME
        + person("hubspot.contacts:1", "Jane@Acme.com", member_of="hubspot.companies:c1")
        + person("encharge.people:e", "jane+news@acme.com")
        + person("stripe.customers:s", "JANE@ACME.COM")
        + account("stripe.customers:s", email="JANE@ACME.COM")
    )
    assert len({golden for (kind, _), golden in ids.items() if kind == "person"}) == 1
    assert len({golden for (kind, _), golden in ids.items() if kind == "account"}) == 1


def test_another_address_joins_a_person_but_not_the_company_that_it_is_of(company: Company) -> None:
    ids = company.resolve(
        ACME
        + account("hubspot.companies:c2", domain="former.com")
        + claims("hubspot.contacts:1", "person", email="jane@acme.com", other_email="Jane+x@former.com")
        + person("stripe.customers:s", "jane@former.com")
    )
    assert ids["person", "hubspot.contacts:1"] == ids["person", "stripe.customers:s"]
    assert ids["account", "hubspot.contacts:1"] == ids["account", "hubspot.companies:c1"]
    assert ids["account", "hubspot.companies:c1"] != ids["account", "hubspot.companies:c2"]


@pytest.mark.parametrize(
    ("main", "others", "member_of", "account_of"),
    [
        ("jane@gmail.com", ["jane@acme.com"], "", "acme"),
        ("", ["jane@acme.com"], "", "acme"),
        # no company has the domain, or two companies have one each: none is believed
        ("jane@gmail.com", ["jane@nobody.com"], "", None),
        ("jane@gmail.com", ["jane@acme.com", "jane@former.com"], "", None),
        ("jane@gmail.com", ["jane@acme.com", "jane@nobody.com", "j@acme.com"], "", "acme"),
        # the address in use, or the tool itself, says more
        ("jane@nobody.com", ["jane@acme.com"], "", None),
        ("jane@gmail.com", ["jane@acme.com"], "hubspot.companies:former", "former"),
    ],
)
def test_an_address_beside_the_main_one_places_a_person_whom_nothing_else_does(
    company: Company, main: str, others: list[str], member_of: str, account_of: str | None
) -> None:
    contact = claims("hubspot.contacts:1", "person", email=main, member_of=member_of)
    contact += [row for other in others for row in claims("hubspot.contacts:1", "person", other_email=other)]
    firms = [
        *account("hubspot.companies:acme", "acme.com"),
        *account("hubspot.companies:former", "former.com"),
    ]
    private = person("encharge.people:e", "jane@gmail.com")
    stranger = claims("hubspot.contacts:2", "person", email="joe@gmail.com", other_email="joe@nobody.com")
    ids = company.resolve(firms + list(dict.fromkeys(contact)) + private + stranger)
    assert ids["account", "hubspot.contacts:1"] != ids["account", "hubspot.contacts:2"]
    placed = [
        one
        for one in ("acme", "former")
        if ids["account", "hubspot.contacts:1"] == ids["account", f"hubspot.companies:{one}"]
    ]
    assert placed == ([account_of] if account_of else [])
    assert ids["account", "hubspot.companies:acme"] != ids["account", "hubspot.companies:former"]
    follows = ids["account", "encharge.people:e"] == ids["account", "hubspot.contacts:1"]
    assert follows == (main == "jane@gmail.com")


def test_another_address_that_is_shared_by_too_many_joins_nobody(company: Company) -> None:
    rows = person("encharge.people:1", "us@acme.com") + person("stripe.customers:2", "us@acme.com")
    rows += claims("hubspot.contacts:3", "person", email="jane@acme.com", other_email="us@acme.com")
    caps = {"email": 2, "phone": 20, "domain": 5000}
    ids = company.resolve(rows, settings=IdentitySettings(claim_caps=caps))
    assert len({golden for (kind, _), golden in ids.items() if kind == "person"}) == 3


def test_a_free_mail_domain_joins_no_accounts(company: Company) -> None:
    ids = company.resolve(
        person("encharge.people:1", "jane@gmail.com") + person("encharge.people:2", "john@gmail.com")
    )
    assert len(set(ids.values())) == 4


def test_a_free_mail_sole_trader_is_one_account_in_every_tool(company: Company) -> None:
    ids = company.resolve(
        person("encharge.people:1", "so.le@gmail.com")
        + person("stripe.customers:s", "sole@gmail.com")
        + account("stripe.customers:s", email="sole@gmail.com")
    )
    assert ids["account", "encharge.people:1"] == ids["account", "stripe.customers:s"]


def test_a_shared_mailbox_joins_no_people_but_its_company(company: Company) -> None:
    ids = company.resolve(
        ACME
        + person("chargebee.customers:1", "billing@acme.com")
        + account("chargebee.customers:1", email="billing@acme.com")
        + person("encharge.people:2", "billing@acme.com")
    )
    assert ids["person", "chargebee.customers:1"] != ids["person", "encharge.people:2"]
    assert ids["account", "chargebee.customers:1"] == ids["account", "hubspot.companies:c1"]


def test_a_contact_stays_with_its_company_whatever_its_address_says(company: Company) -> None:
    other = account("hubspot.companies:c2", domain="agency.com")
    ids = company.resolve(
        ACME + other + person("hubspot.contacts:1", "ann@agency.com", member_of="hubspot.companies:c1")
    )
    assert ids["account", "hubspot.contacts:1"] == ids["account", "hubspot.companies:c1"]
    assert ids["account", "hubspot.companies:c1"] != ids["account", "hubspot.companies:c2"]


def test_a_billing_id_in_the_crm_joins_a_company_without_domain(company: Company) -> None:
    ids = company.resolve(
        account("hubspot.companies:c9", same_as="chargebee.customers:b9")
        + person("chargebee.customers:b9", "x@nine.com")
        + account("chargebee.customers:b9", email="x@nine.com")
    )
    assert ids["account", "hubspot.companies:c9"] == ids["account", "chargebee.customers:b9"]


def test_a_converted_lead_is_its_contact(company: Company) -> None:
    ids = company.resolve(
        person("salesforce.leads:00Q1", same_as="salesforce.contacts:0035g0000000001")
        + person("salesforce.contacts:0035g0000000001AAA", "a@b.com")
    )
    assert ids["person", "salesforce.leads:00Q1"] == ids["person", "salesforce.contacts:0035g0000000001AAA"]


def test_ids_do_not_depend_on_the_order_of_rows_and_are_told_once(company: Company) -> None:
    rows = list(ACME)
    for number in range(12):
        rows += person(
            f"hubspot.contacts:{number}", f"ann{number}@acme.com", member_of="hubspot.companies:c1"
        )
        for tool in ("encharge", "calendly", "stripe"):
            rows += person(f"{tool}.people:{number}", f"ann{number}@acme.com")
    first = company.resolve(rows)
    assert company.resolve(rows, date(2026, 6, 2)) == first
    assert company.changes == []
    assert len(set(first.values())) == 13
    for seed in range(3):
        mixed = random.Random(seed).sample(rows, len(rows))
        assert Company(company.home / str(seed)).resolve(mixed) == first


def test_late_evidence_merges_and_keeps_the_id_first_seen(company: Company) -> None:
    old = company.resolve(person("hubspot.contacts:5", "five@acme.com"))
    later = date(2026, 6, 2)
    company.resolve(
        person("hubspot.contacts:5", "five@acme.com") + person("calendly.invitees:1", "other@acme.com"), later
    )
    merged = company.resolve(
        person("hubspot.contacts:5", "five@acme.com") + person("calendly.invitees:1", "five@acme.com"),
        date(2026, 6, 3),
    )
    assert merged["person", "calendly.invitees:1"] == old["person", "hubspot.contacts:5"]
    assert ("merged", old["person", "hubspot.contacts:5"]) in {
        (change, golden) for change, golden, _ in company.changes
    }


def test_a_record_that_goes_from_one_account_to_another_is_told(company: Company) -> None:
    firms = account("hubspot.companies:1", domain="x.com") + account("hubspot.companies:2", domain="y.com")
    stay = person("hubspot.contacts:3", "bob@x.com", member_of="hubspot.companies:1")
    first = company.resolve(
        firms + stay + person("hubspot.contacts:4", "a@x.com", member_of="hubspot.companies:1")
    )
    second = company.resolve(
        firms + stay + person("hubspot.contacts:4", "a@x.com", member_of="hubspot.companies:2"),
        date(2026, 6, 2),
    )
    one, other = first["account", "hubspot.companies:1"], first["account", "hubspot.companies:2"]
    assert (first["account", "hubspot.contacts:4"], second["account", "hubspot.contacts:4"]) == (one, other)
    assert company.reasons == [("split", other, one, "their evidence leads here now")]
    company.resolve(
        firms + stay + person("hubspot.contacts:4", "a@x.com", member_of="hubspot.companies:2"),
        date(2026, 6, 3),
    )
    assert company.reasons == []


def test_a_stewards_unlink_holds_for_ever(company: Company) -> None:
    """Whatever evidence comes, and when one of the two was away for a night."""
    one, other = person("hubspot.contacts:1", "pair@acme.com"), person("encharge.people:2", "pair@acme.com")
    between = person("calendly.invitees:3", "pair@acme.com")
    proof = person("encharge.people:2", "pair@acme.com", same_as="hubspot.contacts:1")
    company.decide("unlink", "hubspot.contacts:1", "encharge.people:2")
    told = [
        company.resolve(rows, date(2026, 6, day + 1))
        for day, rows in enumerate(
            [one + other, one + other + between, one, one + proof, one + proof + between]
        )
    ]
    left, right = ("person", "hubspot.contacts:1"), ("person", "encharge.people:2")
    assert told[0][left] != told[0][right]
    assert {ids[left] for ids in told} == {told[0][left]}
    assert {ids.get(right) for ids in told} == {told[0][right], None}


def test_a_stewards_link_joins_what_nothing_else_does(company: Company) -> None:
    company.decide("link", "hubspot.contacts:1", "encharge.people:2")
    ids = company.resolve(person("hubspot.contacts:1", "a@x.com") + person("encharge.people:2", "b@y.com"))
    assert ids["person", "hubspot.contacts:1"] == ids["person", "encharge.people:2"]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Jane.Doe+x@Gmail.com", "janedoe@gmail.com"),
        ("J@GoogleMail.com", "j@gmail.com"),
        (" A@B.co.uk ", "a@b.co.uk"),
        ("müller@bücher.de", "müller@xn--bcher-kva.de"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("Ada Byron <ada@acme.com>", "ada@acme.com"),
        ("\u200bada@acme.com", "ada@acme.com"),
        ("no at sign", None),
        ("a@b", None),
    ],
)
def test_normal_form_of_an_address(written: str, normal: str | None) -> None:
    assert normalise.email(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://www.shop.acme.co.uk/x", "acme.co.uk"),
        ("Acme.com.", "acme.com"),
        ("//acme.com/a@b", "acme.com"),
        ("acme.com; acme.de", "acme.com"),
        ("straße.de", "xn--strae-oqa.de"),
        ("acme.uk.com", "acme.uk.com"),
        ("blue.myshopify.com", "blue.myshopify.com"),
        ("https://www.facebook.com/acme", None),
        ("acme.wordpress.com", None),
        ("www.facebook.com", "facebook.com"),
        ("localhost", None),
    ],
)
def test_normal_form_of_a_domain(written: str, normal: str | None) -> None:
    assert normalise.domain(written) == normal


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("The Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("ACME, Inc.", "acme"),
        ("Société Générale S.A.", "societe generale"),
    ],
)
def test_normal_form_of_a_company_name(written: str, normal: str) -> None:
    assert normalise.company_name(written) == normal


def test_a_short_salesforce_id_becomes_the_long_one() -> None:
    assert normalise.salesforce_id("0015500000WO1ZiAAL"[:15]) == "0015500000WO1ZiAAL"
