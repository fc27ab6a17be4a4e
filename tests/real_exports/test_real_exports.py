"""Real exports of five tools load with every row accounted for; facts were read off the files by hand."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors.lake import TableLoad, load_night
from connectors.spec import load_specs
from connectors.views import create_raw_views

SHARED = Path(__file__).parents[2].parent / "shared" / "exports"
pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
NIGHT = date(2026, 6, 30)
FILES = {
    "hubspot": ["api_recorded/list-contacts.json", "api_recorded/list-companies.json", "api_recorded/list-deals.json", "api_recorded/owners.json"],
    "hubspot@tables": ["warehouse_tables/contact_data.csv", "warehouse_tables/company_data.csv", "warehouse_tables/deal_data.csv", "warehouse_tables/owner_data.csv"],
    "salesforce": ["npsp_trailhead/Account.csv", "npsp_trailhead/Contact.csv", "npsp_trailhead/Lead.csv", "npsp_trailhead/Opportunity.csv"],
    "salesforce@loader": ["data_loader_samples/accountData.csv", "data_loader_samples/opportunityData.csv"],
    "salesforce@tables": ["warehouse_tables/sf_account_data.csv", "warehouse_tables/sf_lead_data.csv", "warehouse_tables/sf_opportunity_data.csv", "warehouse_tables/sf_task_data.csv"],
    "chargebee": ["api_recorded/customers.json", "api_recorded/subscriptions.json", "api_recorded/invoices.json", "api_recorded/item-prices.json"],
    "stripe": ["api_recorded/customers.json", "api_recorded/subscriptions.json", "api_recorded/invoices.json", "api_recorded/prices.json"],
    "stripe@tables": ["warehouse_tables/customer_data.csv", "warehouse_tables/price_data.csv", "warehouse_tables/charge_data.csv"],
    "calendly": ["webhook_samples/invitee.created.json"],
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[TableLoad]]:
    home = tmp_path_factory.mktemp("real")
    for folder, files in FILES.items():
        night = home / "exports" / folder / NIGHT.isoformat()
        night.mkdir(parents=True)
        for file in files:
            shutil.copy(SHARED / folder.partition("@")[0] / file, night / Path(file).name)
    return home, load_night(home, home / "exports", load_specs(), NIGHT, NIGHT)


def query(loaded: tuple[Path, list[TableLoad]], sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_raw_views(con, loaded[0], load_specs(), NIGHT)
        return con.execute(sql).fetchall()


def test_every_delivery_is_accepted_and_every_row_accounted_for(loaded: tuple[Path, list[TableLoad]]) -> None:
    for load in loaded[1]:
        assert load.why is None, f"{load.source}.{load.table_name}: {load.why}"
        for entry in load.entries:
            accounted = entry.rows_loaded + entry.rows_quarantined + entry.rows_skipped + entry.rows_collapsed
            assert accounted == entry.rows_physical


@pytest.mark.parametrize(
    ("table", "instance", "records"),
    [
        # as the collection's manifest counts them
        ("raw_hubspot.contacts", "", 26), ("raw_hubspot.companies", "", 57), ("raw_hubspot.deals", "", 20), ("raw_hubspot.deals", "tables", 44),
        ("raw_salesforce.accounts", "", 115), ("raw_salesforce.accounts", "loader", 423), ("raw_salesforce.opportunities", "loader", 38),
        ("raw_chargebee.invoices", "", 6), ("raw_chargebee.subscriptions", "", 5), ("raw_stripe.invoices", "", 32), ("raw_stripe.charges", "tables", 16),
    ],
)  # fmt: skip
def test_tables_have_as_many_rows_as_the_files_have_records(
    loaded: tuple[Path, list[TableLoad]], table: str, instance: str, records: int
) -> None:
    assert query(loaded, f"select count(*) from {table} where _instance = '{instance}'") == [(records,)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select email, last_name, created_at from raw_hubspot.contacts where contact_id = '713492963559'", ("test-contact-2026@example.com", "TestUser", "2026-02-25T16:23:49.023000Z")),
        ("select merged_ids from raw_hubspot.contacts where contact_id = '78971951'", ("76340251;46897301;76226001",)),
        ("select amount, stage from raw_hubspot.deals where deal_id = '480202228957'", ("5000", "appointmentscheduled")),
        ("select amount, close_date, is_won, name from raw_salesforce.opportunities where opportunity_id = '006x0000001YtCrAAK'", ("500000", "2005-11-09", "true", "George Foundation - 5000 Widgets")),
        ("select city, country from raw_salesforce.accounts where account_id = '001x0000002xLCVAA2'", ("FORT COLLINS", "US")),
        # 1900 minor units of USD; 1781857235 seconds are 2026-06-19 08:20:35 UTC
        ("select unit_price, quantity from raw_chargebee.subscription_items where subscription_id = 'AzZPdjVMyZMsNcYT'", ("19", "1")),
        ("select current_term_start, status from raw_chargebee.subscriptions where subscription_id = 'AzZPdjVMyZMsNcYT'", ("2026-06-19T08:20:35Z", "active")),
        ("select unit_amount, interval from raw_stripe.subscription_items where subscription_id = 'sub_1TbTPWEZpD6kXraeBLTbIN9B'", ("20", "month")),
        ("select unit_amount from raw_stripe.prices where price_id = 'price_2' and _instance = 'tables'", ("29.99",)),
        ("select invitee_name, invitee_email, created_at from raw_calendly.invitees", ("abdul", "abdulyki@activepieces.com", "2023-01-29T13:50:13.072950Z")),
    ],
)  # fmt: skip
def test_a_record_reads_as_it_does_in_the_file(
    loaded: tuple[Path, list[TableLoad]], sql: str, expected: tuple[object, ...]
) -> None:
    assert query(loaded, sql) == [expected]
