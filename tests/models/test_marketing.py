"""What marketing is told adds up: to the files that the platforms gave, and to what sales and finance count."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

# how each platform's file is read by hand: file, column of the cost, of the day and of the campaign
FILES = {
    "google_ads": ("campaign_report.csv", "Cost", "Day", "Campaign"),
    "meta_ads": ("campaigns.csv", "Amount spent (USD)", "Day", "Campaign name"),
    "linkedin_ads": (
        "campaign_performance_report.csv",
        "Total Spent",
        "Start Date (in UTC)",
        "Campaign Name",
    ),
}


@pytest.fixture(scope="module")
def night(finished: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True)
    con.execute("set TimeZone = 'UTC'")
    return con


def spent(exports: Path, platform: str) -> Decimal:
    """What all files of a platform say together: each campaign's day once, totals and titles left out."""
    name, cost, day, campaign = FILES[platform]
    days: dict[tuple[str, str], Decimal] = {}
    for file in sorted((exports / platform).glob(f"*/{name}")):
        lines = file.read_text().splitlines()
        start = next(number for number, line in enumerate(lines) if cost in line)
        for row in csv.DictReader(io.StringIO("\n".join(lines[start:]))):
            if not row[day].startswith("Total"):
                days[(row[day], row[campaign])] = Decimal(row[cost].replace(",", ""))
    return sum(days.values(), Decimal(0))


@pytest.mark.parametrize("platform", FILES)
def test_spend_is_what_the_files_say(finished: Path, night: duckdb.DuckDBPyConnection, platform: str) -> None:
    found = night.execute(
        "select sum(cost) from mart_core.fct_ad_spend where source = ?", [platform]
    ).fetchall()

    assert found == [(spent(finished / "exports", platform),)]
    assert found[0][0] > 0


@pytest.mark.parametrize("report", ["rpt_channels", "rpt_campaigns"])
def test_every_department_counts_the_same_totals(night: duckdb.DuckDBPyConnection, report: str) -> None:
    told = night.execute(
        f"select sum(spend), sum(clicks), sum(leads), sum(opportunities), sum(pipeline), sum(won_deals), sum(won_amount), "
        f"sum(new_customers), sum(new_mrr) from mart_marketing.{report}"
    ).fetchone()

    counted = night.execute(
        """
        select
            (select sum(cost_reporting) from mart_core.fct_ad_spend),
            (select sum(clicks) from mart_core.fct_ad_spend),
            (select count(*) from (select distinct account_id, pass_number from mart_funnel.fct_stage_events where stage = 'lead')),
            (select count(*) from mart_core.fct_deals where deal_type = 'new'),
            (select sum(amount_reporting) from mart_core.fct_deals where deal_type = 'new'),
            (select count(*) from mart_core.fct_deals where deal_type = 'new' and is_won),
            (select sum(amount_reporting) from mart_core.fct_deals where deal_type = 'new' and is_won),
            (select count(*) from mart_finance.fct_mrr_movements where policy = 'onefunnel' and new_mrr > 0),
            (select sum(new_mrr) from mart_finance.fct_mrr_movements where policy = 'onefunnel')
        """
    ).fetchone()
    assert told == counted


def test_a_touch_stands_once_however_often_its_marks_are_looked_up(night: duckdb.DuckDBPyConnection) -> None:
    touches, ids, marked = night.execute(
        "select (select count(*) from mart_core.fct_touches), (select count(distinct touch_id) from mart_core.fct_touches), "
        "(select count(*) from intermediate.int_touches where coalesce(utm_source, utm_medium, utm_campaign) is not null)"
    ).fetchall()[0]

    assert touches == ids == marked > 0


def test_credits_of_every_target_add_up_to_one_and_to_its_amount(night: duckdb.DuckDBPyConnection) -> None:
    wrong = night.execute(
        """
        select target_type, target_id, model, sum(credit), sum(amount_credited), any_value(amount)
        from mart_marketing.fct_attribution
        inner join intermediate.int_attribution_targets as targets using (target_type, target_id)
        group by all
        having sum(credit) <> 1 or sum(amount_credited) is distinct from any_value(amount)
        """
    ).fetchall()
    targets, models = night.execute(
        "select count(distinct (target_type, target_id)), count(distinct model) from mart_marketing.fct_attribution"
    ).fetchall()[0]

    assert wrong == []
    assert models == 6
    assert night.execute("select count(*) from intermediate.int_attribution_targets").fetchall() == [
        (targets,)
    ]
    assert targets > 0


def test_segments_hold_tonight_whom_their_conditions_name(night: duckdb.DuckDBPyConnection) -> None:
    inside = "select segment_id, account_id from mart_marketing.fct_segment_members where left_on is null"
    big = """
        select 'big_prospects', account_id from mart_core.dim_accounts
        where employee_count >= 500 and status = 'prospect'
        and account_id in (select account_id from intermediate.int_accounts where not is_deleted)
    """

    assert night.execute(f"({inside} and segment_id = 'big_prospects') except ({big})").fetchall() == []
    assert night.execute(f"({big}) except ({inside})").fetchall() == []
    assert (
        night.execute(
            "select sum(members) from mart_marketing.rpt_segments where night = (select night from ops.night)"
        ).fetchall()
        == night.execute(f"select count(*) from ({inside})").fetchall()
    )


def test_target_accounts_are_marked_and_the_unknown_ones_listed(night: duckdb.DuckDBPyConnection) -> None:
    listed = night.execute(
        "select count(*), count(account_id), count(*) filter (where stage = 'target') from mart_marketing.rpt_target_accounts"
    ).fetchall()[0]
    marked = night.execute("select count(*) from mart_core.dim_accounts where is_target").fetchall()[0][0]

    # three wanted companies are in no tool at all
    assert listed[0] - listed[1] == 3 <= listed[2]
    assert marked == listed[1] > 0
