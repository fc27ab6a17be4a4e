"""Keys that tools have forgotten still lead to the person or account that they became."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.identity.resolve import resolve
from tests.identity.test_resolve import NIGHT, Claim, Company, account, claims, person

LATER = date(2026, 6, 2)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def redirects(company: Company, rows: list[Claim], night: date) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, forgotten record) → (golden id, rule), after resolving a night."""
    with duckdb.connect() as con:
        con.execute("create schema raw_identity")
        con.execute(
            """create table raw_identity.claims (source varchar, instance varchar, table_name varchar, record_key varchar,
                entity_kind varchar, claim_kind varchar, claim_value varchar, target_source varchar, target_table varchar, first_seen date)"""
        )
        con.executemany(
            "insert into raw_identity.claims values (?, '', ?, ?, ?, ?, ?, ?, ?, date '2026-06-01')", rows
        )
        resolve(con, company.home, night, company.home / "decisions")
        found = con.execute(
            "select entity_kind, source || '.' || table_name || ':' || record_key, golden_id, rule from identity.redirects"
        ).fetchall()
    return {(kind, record): (golden, rule) for kind, record, golden, rule in found}


def test_a_merged_hubspot_contact_leads_to_its_survivor(company: Company) -> None:
    survivor = claims("hubspot.contacts:9", "person", email="a@acme.com", merged_ids="7;8")
    ids = company.resolve(survivor)

    found = redirects(company, survivor, NIGHT)

    golden = ids["person", "hubspot.contacts:9"]
    assert found["person", "hubspot.contacts:7"] == (golden, "merged_away")
    assert found["person", "hubspot.contacts:8"] == (golden, "merged_away")
    assert found["account", "hubspot.contacts:7"] == (ids["account", "hubspot.contacts:9"], "merged_away")
    assert len(found) == 4


def test_a_deleted_salesforce_record_that_names_its_master_is_its_master(company: Company) -> None:
    rows = [
        *account("salesforce.accounts:0015g0000000001AAA", domain="acme.com"),
        *account("salesforce.accounts:0015g0000000002AAA", same_as="salesforce.accounts:0015g0000000001"),
    ]
    ids = company.resolve(rows)

    assert (
        ids["account", "salesforce.accounts:0015g0000000002AAA"]
        == ids["account", "salesforce.accounts:0015g0000000001AAA"]
    )
    assert redirects(company, rows, NIGHT) == {}


def test_a_record_that_is_no_longer_delivered_leads_to_its_account_while_that_lives(company: Company) -> None:
    stays = account("hubspot.companies:1", domain="acme.com")
    goes = account("chargebee.customers:2", email="b@acme.com")
    alone = account("chargebee.customers:3", email="c@other.com")
    ids = company.resolve([*stays, *goes, *alone])

    found = redirects(company, stays, LATER)

    assert found == {
        ("account", "chargebee.customers:2"): (ids["account", "hubspot.companies:1"], "no_longer_delivered")
    }


def test_a_forgotten_key_follows_its_account_through_a_later_merge(company: Company) -> None:
    first = account("hubspot.companies:1", domain="acme.com")
    second = account("chargebee.customers:2", email="b@sister.com")
    goes = account("stripe.customers:3", email="c@sister.com")
    company.resolve([*first, *second, *goes])
    joined = [
        *first,
        *second,
        *account("salesforce.accounts:4", domain="acme.com", same_as="chargebee.customers:2"),
    ]
    company.resolve(joined, LATER)

    found = redirects(company, joined, date(2026, 6, 3))

    ids = company.resolve(joined, date(2026, 6, 3))
    assert found["account", "stripe.customers:3"] == (
        ids["account", "hubspot.companies:1"],
        "no_longer_delivered",
    )


def test_a_key_that_comes_back_is_a_record_again(company: Company) -> None:
    rows = [
        *person("hubspot.contacts:1", email="a@acme.com"),
        *person("encharge.people:2", email="a@acme.com"),
    ]
    company.resolve(rows)
    company.resolve(rows[:2], LATER)

    assert redirects(company, rows, date(2026, 6, 3)) == {}
