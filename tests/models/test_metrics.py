"""Metrics are defined once: every figure on the scoreboard is its department's own, and a changed meaning is told."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.dbt import metrics_of
from orchestration.resources import dbt_of
from orchestration.settings import DBT_PROJECT, export_environment, load_settings

# Each department's own figure for all of its months, counted from its facts and not from the reports.
OWN = {
    "won_deals": """
        select date_trunc('month', closed_at)::date, count(*) from mart_core.fct_deals
        where is_won and deal_type = 'new' and closed_at is not null group by 1""",
    "new_mrr": """
        select month, sum(new_mrr) from mart_finance.fct_mrr_movements
        where policy = 'onefunnel' group by 1""",
    "churned_accounts": """
        select month, count(*) from mart_finance.fct_mrr_movements
        where policy = 'onefunnel' and churn_mrr > 0 group by 1""",
    "meetings_held": """
        select date_trunc('month', starts_at)::date, count(*) filter (where is_held) from mart_core.fct_meetings
        where starts_at is not null group by 1""",
}


def test_every_figure_of_the_scoreboard_is_the_departments_own(finished: Path) -> None:
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        for metric, own in OWN.items():
            shown = dict(
                con.execute(
                    "select period, value from mart_executive.rpt_scoreboard where metric = ? and value <> 0",
                    [metric],
                ).fetchall()
            )
            assert shown == {month: value for month, value in con.execute(own).fetchall() if value}, metric
            assert shown


def test_the_scoreboard_shows_the_month_before_and_the_target(finished: Path) -> None:
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        wrong = con.execute(
            "select now.metric, now.period from mart_executive.rpt_scoreboard as now "
            "left join mart_executive.rpt_scoreboard as earlier on now.metric = earlier.metric "
            "and earlier.period = now.period - interval 1 month "
            "where now.previous is distinct from earlier.value"
        ).fetchall()
        targets = con.execute(
            "select count(*) from mart_executive.rpt_scoreboard where target is not null"
        ).fetchone()
    assert wrong == []
    assert targets is not None and targets[0] > 0


def test_every_metric_has_a_definition_a_unit_and_a_direction(finished: Path) -> None:
    with duckdb.connect(str(finished / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select metric, definition, unit, better, version, mart from metrics.catalogue"
        ).fetchall()
    assert {row[0] for row in rows} == set(metrics_of(DBT_PROJECT))
    for metric, definition, unit, better, version, mart in rows:
        assert definition and unit and better in ("up", "down") and version >= 1, metric
        assert mart.startswith("rpt_") and "," not in mart, f"{metric} must select from one mart, not {mart}"


def test_a_changed_definition_is_told_with_what_it_was(finished: Path, tmp_path: Path) -> None:
    warehouse, project = tmp_path / "warehouse.duckdb", tmp_path / "project"
    shutil.copy(finished / "warehouse.duckdb", warehouse)
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    with duckdb.connect(str(warehouse)) as con:
        # what the night remembered is what the next night knows
        con.execute(
            "create or replace view raw_state.metric_definitions as select date '2026-06-01' as night, "
            "'win_rate' as metric, 1 as version, 'Won divided by all deals.' as definition"
        )
    settings = load_settings()
    export_environment(settings, warehouse)
    dbt = replace(dbt_of(settings), target=tmp_path / "target", project=project)

    results = dbt.build(["--select", "int_metric_definitions", "catalogue"])

    assert {one.status for one in results} <= {"success", "pass"}, results
    with duckdb.connect(str(warehouse), read_only=True) as con:
        row = con.execute(
            "select definition, previous_definition, previous_version from metrics.catalogue where metric = 'win_rate'"
        ).fetchone()
    assert row is not None
    assert row[0].startswith("Won divided by won and lost")
    assert row[1:] == ("Won divided by all deals.", 1)
