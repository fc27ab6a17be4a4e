"""Real exports of three ad platforms become spend; the totals were added up by hand from the files."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from connectors.spec import load_specs
from orchestration.resources import dbt_of
from orchestration.settings import export_environment, load_settings
from orchestration.steps import Night, load_source, write_views

SHARED = Path(__file__).parents[2].parent / "shared" / "exports"
pytestmark = pytest.mark.skipif(
    not SHARED.exists(), reason="../shared/exports is not here: real exports are not part of the repository"
)
FILES = {
    "google_ads": ("google_ads", ["campaign_stats_data.csv", "campaign_history_data.csv", "account_history_data.csv"]),
    "meta_ads": ("facebook_ads", ["facebook_ads_basic_ad_data.csv", "facebook_ads_ad_history_data.csv", "facebook_ads_campaign_history_data.csv"]),
    "linkedin_ads": ("linkedin_ads", ["linkedin_ad_analytics_by_campaign_data.csv", "linkedin_campaign_history_data.csv", "linkedin_account_history_data.csv"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def spend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The three platforms' files loaded in one night, and what dbt makes of them."""
    home = tmp_path_factory.mktemp("ads")
    chosen = replace(load_settings(), home=home, exports=home / "exports")
    night = Night(chosen, home, date(2026, 6, 30), "test")
    for source, (folder, names) in FILES.items():
        target = home / "exports" / source / night.night.isoformat()
        target.mkdir(parents=True)
        for name in names:
            shutil.copy(SHARED / folder / "warehouse_tables" / name, target / name)
    specs = load_specs()
    loads = [load for source in FILES for load in load_source(night, specs[source])]
    assert len(loads) == 9
    for load in loads:
        assert load.why is None, f"{load.source}.{load.table_name}: {load.why}"
        for entry in load.entries:
            parts = entry.rows_loaded + entry.rows_quarantined + entry.rows_skipped + entry.rows_collapsed
            assert (parts, entry.rows_quarantined) == (entry.rows_physical, 0)
    write_views(night, specs)
    export_environment(chosen, night.warehouse)
    dbt = replace(dbt_of(chosen), target=home / "target")
    results = dbt.build(["--select", "+fct_ad_spend", "+dim_campaigns"])
    assert {one.status for one in results} <= {"success", "pass"}, results
    with duckdb.connect(str(night.warehouse), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        yield con


@pytest.mark.parametrize(
    ("source", "currency", "time_zone", "cost", "clicks"),
    [
        # 16 rows of one campaign in micros: 231,330,000; in the account's row the time zone stands a column too far left
        ("google_ads", "USD", None, "231.33", 280),
        # 76.53 + 55.26 + 54.87 + 49.20 + 144 + 56.63 + 49.95 + 51.56 + 55.11 + 50.52; the files say no currency
        ("meta_ads", None, None, "643.63", 149),
        # one campaign of the twenty rows spent anything
        ("linkedin_ads", "USD", "UTC", "530.62", 919),
    ],
)
def test_spend_of_each_platform_is_what_its_files_add_up_to(
    spend: duckdb.DuckDBPyConnection,
    source: str,
    currency: str | None,
    time_zone: str | None,
    cost: str,
    clicks: int,
) -> None:
    found = spend.execute(
        "select currency, time_zone, sum(cost), sum(clicks) from mart_core.fct_ad_spend where source = ? group by all",
        [source],
    ).fetchall()

    assert found == [(currency, time_zone, Decimal(cost), clicks)]


def test_every_days_campaign_is_a_known_one_and_stands_once(spend: duckdb.DuckDBPyConnection) -> None:
    rows, known, distinct = spend.execute(
        "select count(*), count(campaigns.campaign_id), count(distinct (spend.campaign_id, spend.day)) "
        "from mart_core.fct_ad_spend as spend left join mart_core.dim_campaigns as campaigns using (campaign_id)"
    ).fetchall()[0]

    assert rows == known == distinct > 0
