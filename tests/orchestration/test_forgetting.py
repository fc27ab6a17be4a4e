"""Who is meant by an address that is to be forgotten."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import Blocked
from orchestration.forgetting import Person, find_person
from orchestration.settings import Settings, load_settings

RECORDS = """
create schema identity;
create table identity.records as
select * from (values
    ('hubspot', '', 'contacts', '1', 'p1', 'Ada Archer', 'ada@acme.example'),
    ('stripe', '', 'customers', 'c1', 'p1', null, 'ada@acme.example'),
    ('hubspot', '', 'contacts', '2', 'p2', 'Ben Bell', 'ben@acme.example')
) as records (source, instance, table_name, record_key, person_id, full_name, email)
"""
# Ada's contact also holds her private address, a mailbox of a role and, by mistake, Ben's address.
CLAIMS = """
create schema raw_identity;
create table raw_identity.claims as
select 'hubspot' as source, '' as instance, 'contacts' as table_name, * from (values
    ('1', 'person', 'email', 'ada@acme.example'), ('1', 'person', 'other_email', 'Ada.Archer+x@gmail.com'),
    ('1', 'person', 'other_email', 'info@acme.example'), ('1', 'person', 'other_email', 'ben@acme.example'),
    ('1', 'person', 'phone', '+4930901820'), ('2', 'person', 'email', 'ben@acme.example')
) as claims (record_key, entity_kind, claim_kind, claim_value)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ONEFUNNEL_HOME", str(tmp_path))
    found = load_settings()
    found.steward_file.parent.mkdir(parents=True)
    for file, tables in ((found.steward_file, RECORDS), (found.warehouse, CLAIMS)):
        with duckdb.connect(str(file)) as con:
            con.execute(tables)
    return found


def keys(person: Person) -> list[str]:
    return [f"{one['source']}:{one['record_key']}" for one in person.records]


@pytest.mark.parametrize("address", ["ada@acme.example", "adaarcher@googlemail.com"])
def test_a_person_is_found_by_each_of_her_addresses_with_all_her_records(
    settings: Settings, address: str
) -> None:
    person = find_person(settings, address)
    assert keys(person) == ["hubspot:1", "stripe:c1"]
    # neither the mailbox that others read nor what somebody else writes from
    assert person.addresses == sorted({address, "ada@acme.example", "ada.archer+x@gmail.com"})


def test_whose_main_address_it_is_goes_before_who_has_it_beside(settings: Settings) -> None:
    assert keys(find_person(settings, "ben@acme.example")) == ["hubspot:2"]


def test_without_a_warehouse_the_published_file_is_asked_alone(settings: Settings) -> None:
    settings.warehouse.unlink()
    assert keys(find_person(settings, "ada@acme.example")) == ["hubspot:1", "stripe:c1"]
    assert keys(find_person(settings, "adaarcher@googlemail.com")) == []


def test_while_a_night_is_built_nobody_is_looked_for(settings: Settings) -> None:
    builds = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", builds, str(settings.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as night:
        assert night.stdout and night.stdout.readline() == b"open\n"
        with pytest.raises(Blocked, match="night is being built"):
            find_person(settings, "ada@acme.example")
        night.communicate()
    assert find_person(settings, "ada@acme.example").records
