"""What each tool's own export says of who its records are, and whom that joins: from files to ids."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.identity.resolve import resolve
from connectors.lake import load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

NIGHT = date(2026, 9, 3)
HUBSPOT = {"results": [
    {"id": "9", "properties": {"firstname": "Ann", "lastname": "Archer", "email": "ann@acme.com", "city": "Lyon", "country": "France", "phone": "01 42 68 53 00", "hs_merged_object_ids": "7;8", "hs_additional_emails": "ann@home.net; A.Archer@old.example;", "salesforcecontactid": "0035g00000SyncD"}},
]}  # fmt: skip
COMPANIES = {
    "results": [
        {
            "id": "c1",
            "properties": {
                "name": "Acme SA",
                "domain": "acme.com",
                "hs_additional_domains": "acme.fr;acme.be",
                "salesforceaccountid": "0015500000SyncD",
                "city": "Lyon",
                "country": "France",
                "address": "1 rue Neuve",
                "phone": "+33142685300",
            },
        }
    ]
}
STRIPE = {
    "data": [
        {
            "id": "cus_1",
            "name": "Acme",
            "email": "pay@elsewhere.org",
            "address": {"line1": "1 rue Neuve", "city": "Lyon", "country": "FR"},
            "metadata": {"hubspot_company_id": "c1"},
        }
    ]
}
CHARGEBEE = {
    "list": [
        {
            "customer": {
                "id": "cb_1",
                "first_name": "Bo",
                "last_name": "Berg",
                "email": "bo@x.org",
                "company": "Berg & Co",
                "cf_salesforce_account_id": "0015500000WO1Zi",
                "billing_address": {"line1": "Vej 2", "city": "Aarhus", "country": "DK"},
            }
        }
    ]
}
CONTACTS = '"Id","FirstName","LastName","Email","MailingCity","AccountId"\n"0035g00000AbCdEAAV","Cy","Cole","","Oslo","0015500000WO1ZiAAL"\n"0035g00000SyncDAAR","A","Archer","","",""\n'
ACCOUNTS = '"Id","Name","BillingCity","Website"\n"0015500000WO1ZiAAL","Berg","Aarhus",""\n"0015500000SyncDAAR","Quite another","",""\n'
CALENDLY = {
    "payload": {
        "uri": "inv-1",
        "name": "Cyril Cole",
        "email": "cy@home.net",
        "tracking": {"salesforce_uuid": "0035g00000AbCdE"},
        "created_at": "2026-09-01T10:00:00Z",
    }
}
ENCHARGE = {
    "people": [
        {
            "id": "e1",
            "name": "Dee Dow",
            "firstName": "Dee",
            "lastName": "Dow",
            "email": "dee@d.com",
            "country": "US",
        }
    ]
}
ORGANIZATIONS = {"organizations": [{"id": 6, "name": "Atelier", "domain_names": ["atelier.fr", "acme.be"]}]}
ZENDESK = {"users": [{"id": 5, "name": "Eve East", "email": "eve@e.com", "phone": "+12125552368"}]}
INTERCOM = {
    "type": "list",
    "data": [
        {
            "type": "contact",
            "id": "ic-1",
            "role": "user",
            "email": "eve@elsewhere.org",
            "companies": {"type": "list", "data": [{"id": "ico-1", "type": "company"}]},
        }
    ],
}
INTERCOM_COMPANIES = {
    "type": "list",
    "data": [
        {
            "type": "company",
            "id": "ico-1",
            "company_id": "6",
            "name": "Acme",
            "website": "http://www.acme.com/en",
            "created_at": 1778131334,
        }
    ],
}
FILES: dict[str, Any] = {
    "hubspot/contacts.json": HUBSPOT, "hubspot/companies.json": COMPANIES, "stripe/customers.json": STRIPE, "chargebee/customers.json": CHARGEBEE,
    "salesforce/Contact.csv": CONTACTS, "salesforce/Account.csv": ACCOUNTS, "calendly/invitee.created.json": CALENDLY,
    "encharge/people.json": ENCHARGE, "zendesk/users.json": ZENDESK, "zendesk/organizations.json": ORGANIZATIONS,
    "intercom/contacts.json": INTERCOM, "intercom/companies.json": INTERCOM_COMPANIES,
}  # fmt: skip
EXPECTED = {
    ("hubspot", "person"): {"self": "9", "first_name": "Ann", "last_name": "Archer", "email": "ann@acme.com", "city": "Lyon", "country": "France", "phone": "01 42 68 53 00", "merged_ids": "7;8"},
    ("hubspot", "account"): {"self": "c1", "name": "Acme SA", "city": "Lyon", "country": "France", "address": "1 rue Neuve"},
    ("stripe", "account"): {"name": "Acme", "email": "pay@elsewhere.org", "address": "1 rue Neuve", "city": "Lyon", "country": "FR", "same_as": "c1"},
    ("chargebee", "person"): {"first_name": "Bo", "last_name": "Berg", "city": "Aarhus", "country": "DK"},
    ("chargebee", "account"): {"name": "Berg & Co", "address": "Vej 2", "same_as": "0015500000WO1Zi"},
    ("salesforce", "person"): {"first_name": "Cy", "last_name": "Cole", "city": "Oslo", "member_of": "0015500000WO1ZiAAL"},
    ("salesforce", "account"): {"name": "Berg", "city": "Aarhus"},
    ("calendly", "person"): {"name": "Cyril Cole", "same_as": "0035g00000AbCdE"},
    ("encharge", "person"): {"name": "Dee Dow", "first_name": "Dee", "last_name": "Dow", "country": "US"},
    ("zendesk", "person"): {"name": "Eve East", "email": "eve@e.com"},
    ("intercom", "person"): {"self": "ic-1", "email": "eve@elsewhere.org", "member_of": "ico-1"},
    ("intercom", "account"): {"self": "ico-1", "name": "Acme", "domain": "http://www.acme.com/en"},
}  # fmt: skip


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The files loaded, and every record resolved."""
    home = tmp_path_factory.mktemp("home")
    for path, content in FILES.items():
        source, name = path.split("/")
        target = home / "exports" / source / NIGHT.isoformat() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    specs = load_specs()
    assert [load.why for load in load_night(home, home / "exports", specs, NIGHT, NIGHT) if load.why] == []
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    create_raw_views(con, home, specs, NIGHT)
    resolve(con, home, NIGHT, Path(home) / "decisions")
    return con


@pytest.mark.parametrize(("source", "kind"), EXPECTED)
def test_a_tools_export_says_who_its_records_are(
    resolved: duckdb.DuckDBPyConnection, source: str, kind: str
) -> None:
    found = resolved.execute(
        "select distinct claim_kind, claim_value from raw_identity.claims where source = ? and entity_kind in (?, case when claim_kind = 'member_of' then 'person' else ? end)",
        [source, kind, kind],
    ).fetchall()
    assert set(EXPECTED[source, kind].items()) <= set(found)


def test_each_additional_address_of_a_contact_is_a_claim(resolved: duckdb.DuckDBPyConnection) -> None:
    found = resolved.execute(
        "select record_key, claim_value from raw_identity.claims where claim_kind = 'other_email' order by all"
    ).fetchall()
    assert found == [("9", "A.Archer@old.example"), ("9", "ann@home.net")]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("account", ("stripe", "cus_1"), ("hubspot", "c1")),  # by its metadata
        ("account", ("intercom", "ico-1"), ("hubspot", "c1")),  # by its website
        ("account", ("intercom", "ic-1"), ("hubspot", "c1")),  # a contact, by its company
        (
            "account",
            ("chargebee", "cb_1"),
            ("salesforce", "0015500000WO1ZiAAL"),
        ),  # by a short id in a field of its own
        (
            "person",
            ("calendly", "inv-1"),
            ("salesforce", "0035g00000AbCdEAAV"),
        ),  # by a short id in the tracking
        ("account", ("hubspot", "c1"), ("salesforce", "0015500000SyncDAAR")),  # as the sync of both wrote it
        ("person", ("hubspot", "9"), ("salesforce", "0035g00000SyncDAAR")),
        ("account", ("zendesk", "6"), ("hubspot", "c1")),  # by one of several domains of both
    ],
)
def test_an_id_of_another_tool_joins_whatever_the_addresses(
    resolved: duckdb.DuckDBPyConnection, kind: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    query = (
        "select golden_id from identity.record_ids where entity_kind = ? and source = ? and record_key = ?"
    )
    found = [resolved.execute(query, [kind, *record]).fetchall() for record in (one, other)]
    assert found[0] == found[1] and len(found[0]) == 1
