"""The page tells each level its own figures, and the same ones as the departments' marts."""

from pathlib import Path

import duckdb
import pytest

from orchestration.report.page import write_report


@pytest.fixture(scope="module")
def page(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    published = finished / "published" / "onefunnel.duckdb"
    return write_report(published, tmp_path_factory.mktemp("report")).read_text(encoding="utf-8")


def section(page: str, start: str, end: str) -> str:
    return page.partition(f'id="{start}"')[2].partition(end)[0]


def test_the_cro_sees_less_than_the_revops_manager_and_both_the_same_figures(
    page: str, finished: Path
) -> None:
    cro, revops = section(page, "cro", 'id="revops"'), section(page, "revops", 'id="heads"')
    with duckdb.connect(str(finished / "published" / "onefunnel.duckdb"), read_only=True) as con:
        month, won = con.execute(
            """select period, value::decimal(18, 4) from mart_executive.rpt_rollup where level = 'cro' and metric = 'won_amount'"""
        ).fetchall()[0]
        own = con.execute(
            "select sum(won_amount)::decimal(18, 4) from mart_sales.rpt_win_rates where deal_type = 'new' and month = ?", [month]
        ).fetchall()[0][0]  # fmt: skip

    assert won == own
    for shown in (cro, revops):
        assert "<td>won amount</td>" in shown.replace("won_amount", "won amount")
        assert f"{won:,}" in shown
    assert "speed_to_lead" in revops and "speed_to_lead" not in cro


def test_every_head_has_a_table(page: str) -> None:
    heads = section(page, "heads", "<h2>Funnel")
    for department in ("Customer success", "Finance", "Marketing", "Product", "Sales"):
        assert f"<h3>{department}</h3>" in heads
