"""Issues in real exports, each worked out from the files by hand or by reading them with the csv module alone."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.homes import onefunnel
from tests.real_exports.test_real_exports import FILES, NIGHT, SHARED

pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
CRMS = ("hubspot", "hubspot@tables", "salesforce", "salesforce@loader", "salesforce@tables")
LOADER = "salesforce/data_loader_samples/opportunityData.csv"
NPSP = "salesforce/npsp_trailhead/Opportunity.csv"


@pytest.fixture(scope="module")
def issues(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], set[str]]:
    """(rule, source, instance) → keys of the records with an open issue, after one night."""
    home = tmp_path_factory.mktemp("real_issues")
    for folder in CRMS:
        night = home / "exports" / folder / NIGHT.isoformat()
        night.mkdir(parents=True)
        for file in FILES[folder]:
            shutil.copy(SHARED / folder.partition("@")[0] / file, night / Path(file).name)
    onefunnel(home, "run")
    assert "incidents." in onefunnel(home, "issues", "list")
    found: dict[tuple[str, str, str], set[str]] = {}
    with duckdb.connect(str(home / "published" / "steward" / "onefunnel.duckdb"), read_only=True) as con:
        for rule, source, instance, key in con.execute(
            "select rule_id, source, instance, record_key from quality.issues where status = 'open'"
        ).fetchall():
            found.setdefault((rule, source, instance), set()).add(key)
    return found


def rows(file: str) -> Iterator[dict[str, str]]:
    # the data loader's sample is not UTF-8
    with (SHARED / file).open(encoding="latin-1", newline="") as opened:
        yield from csv.DictReader(opened)


def test_deals_that_closed_before_they_were_created(issues: dict[tuple[str, str, str], set[str]]) -> None:
    # read by hand: the eight won deals say 2005-11-09, and were all created in June 2006
    assert issues["crm/deal_dates_in_order", "salesforce", "loader"] == {
        "006x0000001YtCrAAK", "006x0000001YtCsAAK", "006x0000001YuG5AAK", "006x0000001YuG6AAK",
        "006x0000001YuTSAA0", "006x0000001YuTTAA0", "006x0000001YuTdAAK", "006x0000001YuTeAAK",
    }  # fmt: skip


def test_deals_left_open_for_twenty_years(issues: dict[tuple[str, str, str], set[str]]) -> None:
    still_open = {one["ID"] for one in rows(LOADER) if one["ISCLOSED"] == "false"}
    assert len(still_open) == 30

    assert issues["funnel/open_deal_closes_in_the_future", "salesforce", "loader"] == still_open
    assert issues["funnel/open_deal_is_not_stuck", "salesforce", "loader"] == still_open


def test_amounts_without_a_currency(issues: dict[tuple[str, str, str], set[str]]) -> None:
    # neither file has a currency column; one NPSP donation and five sample deals have no amount
    npsp = {one["sf_id"] for one in rows(NPSP) if one["Amount"]}
    loader = {one["ID"] for one in rows(LOADER) if float(one["AMOUNT"] or 0)}
    assert (len(npsp), len(loader)) == (101, 33)

    assert issues["money/deal_has_a_currency", "salesforce", ""] == npsp
    assert issues["money/deal_has_a_currency", "salesforce", "loader"] == loader


def test_deals_without_an_owner(issues: dict[tuple[str, str, str], set[str]]) -> None:
    # NPSP's export has no owner column; of HubSpot's 44 deals the first 22 have none
    hubspot = {
        one["deal_id"] for one in rows("hubspot/warehouse_tables/deal_data.csv") if not one["owner_id"]
    }
    assert len(hubspot) == 22

    assert issues["crm/record_has_owner", "hubspot", "tables"] == hubspot
    assert issues["crm/record_has_owner", "salesforce", ""] == {one["sf_id"] for one in rows(NPSP)}


def test_addresses_that_nobody_can_write_to(issues: dict[tuple[str, str, str], set[str]]) -> None:
    # the publisher replaced every address by a hash
    contacts = {one["id"] for one in rows("hubspot/warehouse_tables/contact_data.csv")}
    assert len(contacts) == 22

    assert issues["crm/email_is_valid", "hubspot", "tables"] == contacts
    # the recorded API answers have real ones
    assert ("crm/email_is_valid", "hubspot", "") not in issues
