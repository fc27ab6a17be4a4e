"""What departments publish, on a home that the night has built: nothing multiplied, nothing lost, everything counted once."""

import csv
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt import metrics_of
from orchestration.settings import DBT_PROJECT

# A published relation and the one it is made of must have as many rows, or as large a total.
SAME = {
    "tickets": (
        "select count(*) from mart_core.fct_tickets",
        "select count(*) from intermediate.int_tickets",
    ),
    "activities": (
        "select count(*) from mart_core.fct_activities",
        "select count(*) from intermediate.int_activities",
    ),
    "meetings": (
        "select count(*) from mart_core.fct_meetings",
        "select count(*) from intermediate.int_meetings",
    ),
    "lines of deals": (
        "select count(*) from mart_core.fct_deal_lines",
        "select count(*) from intermediate.int_deal_lines",
    ),
    "events of the product": (
        "select sum(events) from mart_core.fct_usage_daily",
        """select count(*) from intermediate.int_account_events where account_id is not null
            and account_id not in (select account_id from intermediate.int_internal_accounts)
            and not regexp_matches(event, '^[$]')""",
    ),
    "sign-ups": (
        "select sum(sign_ups) from mart_product.rpt_activation where segment = 'all'",
        """select count(*) from intermediate.int_account_activation
            where account_id not in (select account_id from intermediate.int_internal_accounts)""",
    ),
    "paying accounts": (
        "select count(*) from mart_customer_success.rpt_health",
        """select count(*) from intermediate.int_account_revenue
            where mrr > 0 and account_id not in (select account_id from intermediate.int_internal_accounts)""",
    ),
    "MRR of paying accounts": (
        "select sum(mrr) from mart_customer_success.rpt_health",
        """select sum(mrr) from intermediate.int_account_revenue
            where account_id not in (select account_id from intermediate.int_internal_accounts)""",
    ),
    "asked of support": (
        "select sum(tickets) from mart_customer_success.rpt_support where source = 'all'",
        "select count(*) from mart_core.fct_tickets where not is_internal",
    ),
    "won by somebody": (
        "select sum(won) from mart_sales.rpt_rep_performance",
        "select count(*) from mart_core.fct_deals where is_won and closed_at is not null",
    ),
    "leads": (
        "select sum(leads) from mart_sales.rpt_speed_to_lead where is_all_owners",
        "select count(*) from mart_sales.fct_lead_response",
    ),
    "health on the account": (
        "select count(health_score) from mart_core.dim_accounts",
        "select count(health_score) from mart_customer_success.rpt_health",
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_no_join_multiplies_or_drops(finished: Path, what: str) -> None:
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        published, made_of = (con.execute(sql).fetchone() for sql in SAME[what])

    assert published == made_of
    assert published is not None and published[0]


def test_only_deals_that_were_spoilt_differ_from_their_lines(company: Path, finished: Path) -> None:
    spoilt = str(company / "truth" / "defects.csv")
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        different = con.execute(
            """select deals.record_key from mart_core.fct_deal_lines as lines inner join mart_core.fct_deals as deals using (deal_id)
                group by deals.record_key having sum(lines.amount) <> any_value(deals.amount) order by 1"""
        ).fetchall()
        put_in = con.execute(
            """select record_key::varchar from read_csv(?) where rule_id = 'billing/deal_amount_matches_billing' order by 1""",
            [spoilt],
        ).fetchall()
        lines = con.execute(
            "select count(*) from mart_core.fct_deal_lines where product_id is null or deal_id is null"
        ).fetchone()

    assert different == put_in
    assert lines == (0,)


def test_the_cro_sees_the_figures_of_the_heads(finished: Path) -> None:
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        levels = dict(
            con.execute(
                "select level, list(metric || '=' || value order by metric) from mart_executive.rpt_rollup group by level"
            ).fetchall()
        )
        own = con.execute(
            """select rollup.metric from mart_executive.rpt_rollup as rollup
                left join metrics.metric_values as own
                    on rollup.metric = own.metric and rollup.period = own.period_start and own.segment = 'all'
                where rollup.value is distinct from own.metric_value"""
        ).fetchall()

    assert own == []
    assert set(levels["cro"]) < set(levels["revops"]) < set(levels["head"])


def test_only_metrics_that_exist_are_told_upwards() -> None:
    with (DBT_PROJECT / "seeds" / "executive_metrics.csv").open(encoding="utf-8", newline="") as file:
        told = {row["metric"]: row["reported_to"] for row in csv.DictReader(file)}

    assert set(told) <= set(metrics_of(DBT_PROJECT))
    assert set(told.values()) == {"cro", "revops"}
