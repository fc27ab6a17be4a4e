"""The recipe for one's own source, on real data: a spec and a staging folder, nothing else."""

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).parents[2]
OLIST = REPOSITORY.parent / "shared" / "exports" / "olist"
LEADS = OLIST / "olist_marketing_qualified_leads_dataset.csv"
WON = OLIST / "olist_closed_deals_dataset.csv"

pytestmark = pytest.mark.skipif(
    not OLIST.exists(),
    reason="../shared/exports/olist is not here: real exports are not part of the repository",
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one spec and one staging folder added, and its night run on the Olist files."""
    project = tmp_path_factory.mktemp("olist")
    ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
    for package in ("connectors", "data_quality", "orchestration", "dbt_project"):
        shutil.copytree(REPOSITORY / package, project / package, ignore=ignored)
    recipe = Path(__file__).parent / "olist"
    shutil.copy(recipe / "olist.yaml", project / "connectors" / "specs" / "olist.yaml")
    shutil.copytree(recipe / "staging", project / "dbt_project" / "models" / "staging" / "olist")
    night = project / "data" / "exports" / "olist" / "2018-12-01"
    night.mkdir(parents=True)
    for file in (LEADS, WON):
        shutil.copy(file, night / file.name)

    environment = {**os.environ, "PYTHONPATH": str(project), "ONEFUNNEL_HOME": str(project / "data")}
    environment.pop("ONEFUNNEL_EXPORTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return project / "data" / "published" / "onefunnel.duckdb"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def query(published: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_lead_and_every_won_lead_is_in_the_funnel(published: Path) -> None:
    totals = query(
        published,
        """
        select sum(entered), sum(converted) from mart_funnel.rpt_funnel_monthly
        where unit = 'lead' and stage = 'lead' and next_stage = 'won' and basis = 'cohort' and window_days is null
        """,
    )

    assert totals == [(8000, 842)]


def test_leads_and_won_leads_by_month_are_those_counted_from_the_files(published: Path) -> None:
    first_contact = {row["mql_id"]: row["first_contact_date"][:7] for row in rows(LEADS)}
    entered = Counter(first_contact.values())
    converted = Counter(first_contact[row["mql_id"]] for row in rows(WON))

    months = query(
        published,
        """
        select strftime(month, '%Y-%m'), sum(entered)::int, sum(converted)::int from mart_funnel.rpt_funnel_monthly
        where unit = 'lead' and stage = 'lead' and next_stage = 'won' and basis = 'cohort' and window_days is null
        group by 1 order by 1
        """,
    )

    assert months == [(month, entered[month], converted[month]) for month in sorted(entered)]


def test_the_one_lead_won_before_its_first_contact_is_kept(published: Path) -> None:
    first_contact = {row["mql_id"]: row["first_contact_date"] for row in rows(LEADS)}
    early = [row["mql_id"] for row in rows(WON) if row["won_date"][:10] < first_contact[row["mql_id"]]]
    assert len(early) == 1

    found = query(
        published,
        f"select is_won from mart_core.fct_deals where source = 'olist' and record_key = '{early[0]}'",
    )

    assert found == [(True,)]
